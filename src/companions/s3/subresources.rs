//! Configurations of buckets that are kept as the customer wrote them: CORS, lifecycle, policy and the like.
//!
//! Differs from AWS: settings of a bucket for lifecycle, replication, logging, website, notification, CORS and object lock are kept and shown, never carried out.

use super::caller::Caller;
use super::companion::S3;
use super::errors;
use super::store::{BucketRow, Versioning};
use super::xml;
use s3s::{S3Error, S3Result};

/// One sub-resource.
#[derive(Debug)]
pub struct Kind {
    /// As in the query: `?cors`.
    pub name: &'static str,
    format: Format,
    absent: Absent,
    /// Whether `DELETE` exists.
    pub deletable: bool,
    needs_versioning: bool,
}

#[derive(Debug)]
enum Format {
    /// Root element and the elements that may stand in it.
    Xml(&'static str, &'static [&'static str]),
    Policy,
}

#[derive(Debug)]
enum Absent {
    Error(&'static str, &'static str),
    Default(&'static str),
}

/// What goes beside a configuration in a header.
pub const LIFECYCLE_SIZE_HEADER: &str = "x-amz-transition-default-minimum-object-size";
const LIFECYCLE_SIZES: [&str; 2] = ["all_storage_classes_128K", "varies_by_storage_class"];
const LIFECYCLE_SIZE: &str = "lifecycle-minimum-object-size";

/// The ownership setting of new buckets, in which ACLs do not exist.
pub const ENFORCED: &str = "BucketOwnerEnforced";
const OWNERSHIPS: [&str; 3] = [ENFORCED, "BucketOwnerPreferred", "ObjectWriter"];
const LARGEST_POLICY: usize = 20 * 1024;

/// What new buckets have.
pub const BLOCK_ALL: &str = concat!(
    r#"<PublicAccessBlockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><BlockPublicAcls>true</BlockPublicAcls>"#,
    "<IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>",
    "<RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>"
);
pub const LOCK_ENABLED: &str = concat!(
    r#"<ObjectLockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#,
    "<ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>"
);
const DEFAULT_ENCRYPTION: &str = concat!(
    r#"<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>"#,
    "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>",
    "<BucketKeyEnabled>false</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>"
);

const fn kind(name: &'static str, format: Format, absent: Absent, deletable: bool) -> Kind {
    Kind {
        name,
        format,
        absent,
        deletable,
        needs_versioning: false,
    }
}

/// All of them.
pub static KINDS: [Kind; 14] = [
    kind(
        "abac",
        Format::Xml("AbacStatus", &["Status"]),
        Absent::Default(
            r#"<AbacStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Disabled</Status></AbacStatus>"#,
        ),
        false,
    ),
    kind(
        "accelerate",
        Format::Xml("AccelerateConfiguration", &["Status"]),
        Absent::Default(
            r#"<AccelerateConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>"#,
        ),
        false,
    ),
    kind(
        "cors",
        Format::Xml("CORSConfiguration", &["CORSRule"]),
        Absent::Error(
            "NoSuchCORSConfiguration",
            "The CORS configuration does not exist",
        ),
        true,
    ),
    kind(
        "encryption",
        Format::Xml("ServerSideEncryptionConfiguration", &["Rule"]),
        Absent::Default(DEFAULT_ENCRYPTION),
        true,
    ),
    kind(
        "lifecycle",
        Format::Xml("LifecycleConfiguration", &["Rule"]),
        Absent::Error(
            "NoSuchLifecycleConfiguration",
            "The lifecycle configuration does not exist",
        ),
        true,
    ),
    kind(
        "logging",
        Format::Xml("BucketLoggingStatus", &["LoggingEnabled"]),
        Absent::Default(
            r#"<BucketLoggingStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>"#,
        ),
        false,
    ),
    kind(
        "notification",
        Format::Xml(
            "NotificationConfiguration",
            &[
                "TopicConfiguration",
                "QueueConfiguration",
                "CloudFunctionConfiguration",
                "EventBridgeConfiguration",
            ],
        ),
        Absent::Default(
            r#"<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>"#,
        ),
        false,
    ),
    Kind {
        name: "object-lock",
        format: Format::Xml("ObjectLockConfiguration", &["ObjectLockEnabled", "Rule"]),
        absent: Absent::Error(
            "ObjectLockConfigurationNotFoundError",
            "Object Lock configuration does not exist for this bucket",
        ),
        deletable: false,
        needs_versioning: true,
    },
    kind(
        "ownershipControls",
        Format::Xml("OwnershipControls", &["Rule"]),
        Absent::Error(
            "OwnershipControlsNotFoundError",
            "The bucket ownership controls were not found",
        ),
        true,
    ),
    kind(
        "policy",
        Format::Policy,
        Absent::Error("NoSuchBucketPolicy", "The bucket policy does not exist"),
        true,
    ),
    kind(
        "publicAccessBlock",
        Format::Xml(
            "PublicAccessBlockConfiguration",
            &[
                "BlockPublicAcls",
                "IgnorePublicAcls",
                "BlockPublicPolicy",
                "RestrictPublicBuckets",
            ],
        ),
        Absent::Error(
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
        ),
        true,
    ),
    Kind {
        name: "replication",
        format: Format::Xml("ReplicationConfiguration", &["Role", "Rule"]),
        absent: Absent::Error(
            "ReplicationConfigurationNotFoundError",
            "The replication configuration was not found",
        ),
        deletable: true,
        needs_versioning: true,
    },
    kind(
        "requestPayment",
        Format::Xml("RequestPaymentConfiguration", &["Payer"]),
        Absent::Default(
            r#"<RequestPaymentConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Payer>BucketOwner</Payer></RequestPaymentConfiguration>"#,
        ),
        false,
    ),
    kind(
        "website",
        Format::Xml(
            "WebsiteConfiguration",
            &[
                "ErrorDocument",
                "IndexDocument",
                "RedirectAllRequestsTo",
                "RoutingRules",
            ],
        ),
        Absent::Error(
            "NoSuchWebsiteConfiguration",
            "The specified bucket does not have a website configuration",
        ),
        true,
    ),
];

/// A configuration as it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub text: String,
    pub json: bool,
    /// Name and value.
    pub header: Option<(&'static str, String)>,
}

impl Kind {
    pub fn of(name: &str) -> Option<&'static Kind> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    fn is_lifecycle(&self) -> bool {
        self.name == "lifecycle"
    }

    fn check(&self, text: &str) -> S3Result<()> {
        match &self.format {
            Format::Xml(root, children) => xml::check(text, root, children),
            Format::Policy => check_policy(text),
        }
    }
}

impl S3 {
    pub fn configuration(&self, caller: &Caller, bucket: &str, kind: &Kind) -> S3Result<Shown> {
        let row = self.bucket_of(caller, bucket)?;
        let text = match (row.configurations.get(kind.name), &kind.absent) {
            (Some(text), _) => text.clone(),
            (None, Absent::Default(text)) => (*text).to_owned(),
            (None, Absent::Error(code, message)) => {
                return Err(errors::missing_configuration(code, message));
            }
        };
        let header = kind
            .is_lifecycle()
            .then(|| (LIFECYCLE_SIZE_HEADER, lifecycle_size(&row)));
        Ok(Shown {
            text,
            json: matches!(kind.format, Format::Policy),
            header,
        })
    }

    /// Errors: `MalformedXML`, `MalformedPolicy`, and those of the bucket. `size`: the header beside a lifecycle.
    pub async fn put_configuration(
        &self,
        caller: &Caller,
        bucket: &str,
        kind: &'static Kind,
        text: String,
        size: Option<String>,
    ) -> S3Result<()> {
        kind.check(&text)?;
        let size = size.filter(|_| kind.is_lifecycle());
        if size
            .as_ref()
            .is_some_and(|size| !LIFECYCLE_SIZES.contains(&size.as_str()))
        {
            return Err(errors::invalid_argument(format!(
                "Invalid value for {LIFECYCLE_SIZE_HEADER}"
            )));
        }
        self.change_bucket(caller, bucket, move |row| {
            check_versioning(kind, row)?;
            row.configurations.insert(kind.name.to_owned(), text);
            if kind.is_lifecycle() {
                let size = size.unwrap_or_else(|| LIFECYCLE_SIZES[0].to_owned());
                row.configurations.insert(LIFECYCLE_SIZE.to_owned(), size);
            }
            Ok(())
        })
        .await
    }

    pub async fn delete_configuration(
        &self,
        caller: &Caller,
        bucket: &str,
        kind: &'static Kind,
    ) -> S3Result<()> {
        self.change_bucket(caller, bucket, move |row| {
            row.configurations.remove(kind.name);
            Ok(())
        })
        .await
    }
}

fn check_versioning(kind: &Kind, row: &BucketRow) -> S3Result<()> {
    if !kind.needs_versioning || row.versioning == Versioning::Enabled {
        return Ok(());
    }
    Err(errors::versioning_needed(kind.name))
}

fn lifecycle_size(row: &BucketRow) -> String {
    let stored = row.configurations.get(LIFECYCLE_SIZE);
    stored.map_or(LIFECYCLE_SIZES[0], String::as_str).to_owned()
}

fn check_policy(text: &str) -> S3Result<()> {
    if text.len() > LARGEST_POLICY {
        return Err(errors::malformed_policy(
            "Policy exceeds the maximum allowed document size.",
        ));
    }
    let value: serde_json::Value = serde_json::from_str(text).map_err(not_json)?;
    match value.get("Statement") {
        Some(_) => Ok(()),
        None => Err(errors::malformed_policy("Missing required field Statement")),
    }
}

fn not_json(_: serde_json::Error) -> S3Error {
    errors::malformed_policy("Policies must be valid JSON and the first byte must be '{'")
}

/// The document of an ownership setting. Errors: `InvalidArgument`.
pub fn ownership(value: &str) -> S3Result<String> {
    if !OWNERSHIPS.contains(&value) {
        return Err(errors::invalid_argument(format!(
            "Invalid x-amz-object-ownership header: {value}"
        )));
    }
    Ok(format!(
        "<OwnershipControls xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ObjectOwnership>{value}</ObjectOwnership></Rule></OwnershipControls>"
    ))
}

impl BucketRow {
    /// Whether ACLs exist here.
    pub fn takes_acls(&self) -> bool {
        let controls = self.configurations.get("ownershipControls");
        controls.and_then(|text| xml::element(text, "ObjectOwnership")) != Some(ENFORCED)
    }

    pub fn object_lock(&self) -> bool {
        self.configurations.contains_key("object-lock")
    }

    /// Algorithm, key and bucket key of the default encryption, when one was set.
    pub fn default_encryption(&self) -> Option<(&str, Option<&str>, bool)> {
        let text = self.configurations.get("encryption")?;
        let algorithm = xml::element(text, "SSEAlgorithm")?;
        let bucket_key = xml::element(text, "BucketKeyEnabled") == Some("true");
        Some((algorithm, xml::element(text, "KMSMasterKeyID"), bucket_key))
    }
}
