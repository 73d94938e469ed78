//! Parameter Store over the wire, as the aws CLI and Terraform speak it. Witness of shapes and texts: the API reference; where it is
//! silent, "our reading".

use crate::support::caller::{Caller, SSM};
use serde_json::{Value, json};

const ARN: &str = "arn:aws:ssm:us-east-1:000000000000:parameter/app/pw";

async fn caller() -> Caller {
    Caller::new(SSM).await
}

/// Puts a parameter of this type.
async fn put(caller: &Caller, name: &str, value: &str, kind: &str) -> Value {
    let body = json!({"Name": name, "Value": value, "Type": kind});
    caller.ok("PutParameter", body).await
}

/// Without the time.
async fn get(caller: &Caller, name: &str) -> Value {
    let body = json!({"Name": name, "WithDecryption": true});
    let mut answer = caller.ok("GetParameter", body).await;
    let parameter = answer["Parameter"].as_object_mut().unwrap();
    let time = parameter.remove("LastModifiedDate").unwrap();
    assert!(time.is_number(), "{time}");
    answer["Parameter"].take()
}

fn names(list: &Value) -> Vec<&str> {
    let all = list.as_array().unwrap().iter();
    all.map(|one| one["Name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_parameter_is_put_read_changed_and_deleted() {
    let caller = caller().await;
    let made = put(&caller, "/app/pw", "one", "SecureString").await;
    assert_eq!(made, json!({"Version": 1, "Tier": "Standard"}));
    let shown = json!({"Name": "/app/pw", "Type": "SecureString", "Value": "one", "Version": 1, "ARN": ARN, "DataType": "text"});
    assert_eq!(get(&caller, "/app/pw").await, shown);
    assert_eq!(get(&caller, ARN).await, shown);
    let over = json!({"Name": "/app/pw", "Value": "two", "Overwrite": true, "Description": "d"});
    let changed = caller.ok("PutParameter", over).await;
    assert_eq!(changed["Version"], 2);
    assert_eq!(get(&caller, "/app/pw").await["Value"], "two");
    let old = get(&caller, "/app/pw:1").await;
    assert_eq!(
        (&old["Value"], &old["Selector"]),
        (&json!("one"), &json!(":1"))
    );
    let label = json!({"Name": "/app/pw", "ParameterVersion": 1, "Labels": ["good", "1bad"]});
    let labelled = caller.ok("LabelParameterVersion", label).await;
    assert_eq!(
        labelled,
        json!({"InvalidLabels": ["1bad"], "ParameterVersion": 1})
    );
    assert_eq!(get(&caller, "/app/pw:good").await["Value"], "one");
    let history = json!({"Name": "/app/pw", "WithDecryption": true, "MaxResults": 1});
    let first = caller.ok("GetParameterHistory", history.clone()).await;
    assert_eq!(first["Parameters"][0]["Labels"], json!(["good"]));
    let mut history = history;
    history["NextToken"] = first["NextToken"].clone();
    let second = caller.ok("GetParameterHistory", history).await;
    assert_eq!(second["Parameters"][0]["Version"], 2);
    assert_eq!(second.get("NextToken"), None);
    caller
        .ok("DeleteParameter", json!({"Name": "/app/pw"}))
        .await;
    let gone = caller
        .refused("GetParameter", json!({"Name": "/app/pw"}))
        .await;
    assert_eq!(gone.code, "ParameterNotFound");
    let again = put(&caller, "/app/pw", "new", "String").await;
    assert_eq!(again["Version"], 1, "a parameter made anew begins anew");
    let absent = caller
        .refused("GetParameter", json!({"Name": "/app/pw:2"}))
        .await;
    assert_eq!(absent.code, "ParameterVersionNotFound");
}

#[tokio::test]
async fn what_is_encrypted_is_shown_only_when_that_is_asked_for() {
    let caller = caller().await;
    put(&caller, "pw", "hush", "SecureString").await;
    let answer = caller.ok("GetParameter", json!({"Name": "pw"})).await;
    let value = answer["Parameter"]["Value"].as_str().unwrap();
    assert!(!value.is_empty() && !value.contains("hush"), "{value}");
}

#[tokio::test]
async fn several_parameters_are_read_and_deleted_together() {
    let caller = caller().await;
    put(&caller, "a", "1", "String").await;
    put(&caller, "b", "x,y", "StringList").await;
    let asked = json!({"Names": ["b", "absent", "a"]});
    let found = caller.ok("GetParameters", asked.clone()).await;
    assert_eq!(names(&found["Parameters"]), ["b", "a"]);
    assert_eq!(found["InvalidParameters"], json!(["absent"]));
    let deleted = caller.ok("DeleteParameters", asked).await;
    assert_eq!(
        deleted,
        json!({"DeletedParameters": ["b", "a"], "InvalidParameters": ["absent"]})
    );
}

#[tokio::test]
async fn a_path_lists_what_lies_below_it_in_pages() {
    let caller = caller().await;
    for name in ["/app/a", "/app/b", "/app/deep/c", "/apple", "root"] {
        put(&caller, name, "v", "String").await;
    }
    let below = async |body| caller.ok("GetParametersByPath", body).await["Parameters"].take();
    assert_eq!(
        names(&below(json!({"Path": "/app"})).await),
        ["/app/a", "/app/b"]
    );
    let all = below(json!({"Path": "/app/", "Recursive": true})).await;
    assert_eq!(names(&all), ["/app/a", "/app/b", "/app/deep/c"]);
    assert_eq!(
        names(&below(json!({"Path": "/"})).await),
        ["/apple", "root"]
    );
    let page = json!({"Path": "/app", "Recursive": true, "MaxResults": 2});
    let first = caller.ok("GetParametersByPath", page.clone()).await;
    let mut page = page;
    page["NextToken"] = first["NextToken"].clone();
    let second = caller.ok("GetParametersByPath", page).await;
    assert_eq!(names(&second["Parameters"]), ["/app/deep/c"]);
    let refused = caller
        .refused("GetParametersByPath", json!({"Path": "app"}))
        .await;
    assert_eq!(refused.code, "ValidationException");
}

#[tokio::test]
async fn parameters_are_described_by_filters() {
    let caller = caller().await;
    put(&caller, "/app/pw", "v", "SecureString").await;
    put(&caller, "/app/url", "v", "String").await;
    put(&caller, "name", "v", "String").await;
    let described = async |filters| {
        let body = json!({"ParameterFilters": filters});
        caller.ok("DescribeParameters", body).await["Parameters"].take()
    };
    let named =
        described(json!([{"Key": "Name", "Option": "Equals", "Values": ["/app/pw"]}])).await;
    assert_eq!(named.as_array().unwrap().len(), 1);
    let one = &named[0];
    assert_eq!(one["KeyId"], "alias/aws/ssm");
    assert_eq!(one["Tier"], "Standard");
    assert_eq!(
        one["LastModifiedUser"],
        "arn:aws:iam::000000000000:user/slipway"
    );
    assert_eq!(one.get("Value"), None);
    let typed = described(json!([{"Key": "Type", "Values": ["String"]}])).await;
    assert_eq!(names(&typed), ["/app/url", "name"]);
    let below =
        described(json!([{"Key": "Path", "Option": "Recursive", "Values": ["/app"]}])).await;
    assert_eq!(names(&below), ["/app/pw", "/app/url"]);
    let begins =
        described(json!([{"Key": "Name", "Option": "BeginsWith", "Values": ["app"]}])).await;
    assert_eq!(names(&begins), ["/app/pw", "/app/url"]);
    for (filter, code) in [
        (
            json!({"Key": "Size", "Values": ["1"]}),
            "ValidationException",
        ),
        (
            json!({"Key": "Type", "Option": "Near", "Values": ["1"]}),
            "InvalidFilterOption",
        ),
        (json!({"Key": "Type"}), "InvalidFilterValue"),
    ] {
        let body = json!({"ParameterFilters": [filter]});
        assert_eq!(caller.refused("DescribeParameters", body).await.code, code);
    }
}

#[tokio::test]
async fn tags_are_put_listed_and_taken_off() {
    let caller = caller().await;
    let tags = json!([{"Key": "a", "Value": "1"}]);
    let body = json!({"Name": "/t", "Value": "v", "Type": "String", "Tags": tags});
    caller.ok("PutParameter", body).await;
    let of = |more: Value| {
        let mut body = json!({"ResourceType": "Parameter", "ResourceId": "/t"});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let more = of(json!({"Tags": [{"Key": "b", "Value": "2"}]}));
    caller.ok("AddTagsToResource", more).await;
    caller
        .ok(
            "RemoveTagsFromResource",
            of(json!({"TagKeys": ["a", "absent"]})),
        )
        .await;
    let listed = caller.ok("ListTagsForResource", of(json!({}))).await;
    assert_eq!(listed, json!({"TagList": [{"Key": "b", "Value": "2"}]}));
    let absent = json!({"ResourceType": "Parameter", "ResourceId": "/absent"});
    assert_eq!(
        caller.refused("ListTagsForResource", absent).await.code,
        "InvalidResourceId"
    );
    let document = json!({"ResourceType": "Document", "ResourceId": "/t"});
    assert_eq!(
        caller.refused("ListTagsForResource", document).await.code,
        "InvalidResourceType"
    );
}

#[tokio::test]
async fn what_cannot_be_put_is_refused_in_awss_words() {
    let caller = caller().await;
    put(&caller, "a", "1", "String").await;
    let refused = async |body| caller.refused("PutParameter", body).await;
    let again = refused(json!({"Name": "a", "Value": "2", "Type": "String"})).await;
    assert_eq!(again.code, "ParameterAlreadyExists");
    assert_eq!(
        again.message,
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."
    );
    let untyped = refused(json!({"Name": "b", "Value": "2"})).await;
    assert_eq!(
        untyped.message,
        "A parameter type is required when you create a parameter."
    );
    let relative = refused(json!({"Name": "a/b", "Value": "2", "Type": "String"})).await;
    assert_eq!(
        relative.message,
        "Parameter name must be a fully qualified name."
    );
    let long = json!({"Name": "b", "Value": "v".repeat(4097), "Type": "String"});
    assert!(
        refused(long.clone())
            .await
            .message
            .contains("maximum parameter value of 4096")
    );
    let mut advanced = long;
    advanced["Tier"] = json!("Intelligent-Tiering");
    assert_eq!(
        caller.ok("PutParameter", advanced).await["Tier"],
        "Advanced"
    );
    let pattern = json!({"Name": "c", "Value": "x", "Type": "String", "AllowedPattern": "^\\d+$"});
    assert_eq!(
        refused(pattern).await.code,
        "ParameterPatternMismatchException"
    );
}

#[tokio::test]
async fn the_hundred_and_first_version_takes_the_place_of_the_first() {
    let caller = caller().await;
    for version in 1..=101 {
        let body = json!({"Name": "a", "Value": format!("v{version}"), "Type": "String", "Overwrite": true});
        assert_eq!(caller.ok("PutParameter", body).await["Version"], version);
    }
    let first = caller.refused("GetParameter", json!({"Name": "a:1"})).await;
    assert_eq!(first.code, "ParameterVersionNotFound");
    assert_eq!(get(&caller, "a:2").await["Value"], "v2");
}
