//! The action types that AWS and its partners own: what each takes, gives and wants to be told.
//!
//! Source: the live catalogue recorded in the contract (codepipeline, section 6.1), version 1 of every type.

/// One action type. Counts are minimum and maximum.
#[derive(Debug)]
pub struct ActionType {
    pub category: &'static str,
    pub owner: &'static str,
    pub provider: &'static str,
    pub inputs: (usize, usize),
    pub outputs: (usize, usize),
    /// Configuration keys; a trailing `*` says required, a trailing `!` required and secret.
    keys: &'static [&'static str],
    /// Templates of links, with `{Config:<key>}`, `{ExternalExecutionId}`, `{RevisionId}` and `<r>` for the region.
    pub entity_url: Option<&'static str>,
    pub execution_url: Option<&'static str>,
    pub revision_url: Option<&'static str>,
    /// May only be used in pipelines of type V2.
    pub v2_only: bool,
}

/// One configuration key of an action type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Property<'a> {
    pub name: &'a str,
    pub required: bool,
    pub secret: bool,
    /// Workers may poll for jobs by its value.
    pub queryable: bool,
}

impl ActionType {
    pub fn properties(&self) -> impl Iterator<Item = Property<'static>> + use<> {
        self.keys.iter().map(|text| property(text))
    }

    const fn of(
        category: &'static str,
        provider: &'static str,
        inputs: (usize, usize),
        outputs: (usize, usize),
        keys: &'static [&'static str],
    ) -> Self {
        Self {
            category,
            owner: "AWS",
            provider,
            inputs,
            outputs,
            keys,
            entity_url: None,
            execution_url: None,
            revision_url: None,
            v2_only: false,
        }
    }

    const fn third_party(mut self) -> Self {
        self.owner = "ThirdParty";
        self
    }

    const fn v2(mut self) -> Self {
        self.v2_only = true;
        self
    }

    const fn entity(mut self, template: &'static str) -> Self {
        self.entity_url = Some(template);
        self
    }

    const fn execution(mut self, template: &'static str) -> Self {
        self.execution_url = Some(template);
        self
    }

    const fn revision(mut self, template: &'static str) -> Self {
        self.revision_url = Some(template);
        self
    }
}

/// The type of that category, owner and provider in version 1, if there is one.
pub fn find(
    category: &str,
    owner: &str,
    provider: &str,
    version: &str,
) -> Option<&'static ActionType> {
    let is_it = |of: &&ActionType| {
        (of.category, of.owner, of.provider, "1") == (category, owner, provider, version)
    };
    TYPES.iter().find(is_it)
}

/// A key as the catalogues of actions and rules write it.
pub(super) fn property(text: &'static str) -> Property<'static> {
    let name = text.trim_end_matches(['*', '!']);
    Property {
        name,
        required: name.len() < text.len(),
        secret: text.ends_with('!'),
        queryable: false,
    }
}

const CODEBUILD_PROJECT: &str =
    "https://console.aws.amazon.com/codebuild/home?region=<r>#/projects/{Config:ProjectName}/view";
const CODEBUILD_BUILD: &str = "https://console.aws.amazon.com/codebuild/home?region=<r>#/builds/{ExternalExecutionId}/view/new";
const CODEDEPLOY_APPLICATION: &str = "https://console.aws.amazon.com/codedeploy/home?region=<r>#/applications/{Config:ApplicationName}";
const CODEDEPLOY_DEPLOYMENT: &str =
    "https://console.aws.amazon.com/codedeploy/home?region=<r>#/deployments/{ExternalExecutionId}";
const STACK_SETS: &str =
    "https://console.aws.amazon.com/cloudformation/stacksets/home?region=<r>#/stacksets";
const DEPLOY_LAMBDA: &str =
    "{Console}/lambda/home?region={Region}#/functions/{Config:FunctionName}";

/// Every type, in the order of the contract's table.
pub static TYPES: &[ActionType] = &[
    ActionType::of(
        "Source",
        "S3",
        (0, 0),
        (1, 1),
        &["S3Bucket*", "S3ObjectKey*", "PollForSourceChanges", "AllowOverrideForS3ObjectKey"],
    )
    .entity("https://console.aws.amazon.com/s3/home?region=<r>#"),
    ActionType::of(
        "Source",
        "CodeCommit",
        (0, 0),
        (1, 1),
        &["RepositoryName*", "BranchName*", "PollForSourceChanges", "OutputArtifactFormat"],
    )
    .entity("https://console.aws.amazon.com/codecommit/home?region=<r>#/repository/{Config:RepositoryName}/browse/{Config:BranchName}/--/")
    .revision("https://console.aws.amazon.com/codecommit/home?region=<r>#/repository/{Config:RepositoryName}/commit/{RevisionId}"),
    ActionType::of("Source", "ECR", (0, 0), (1, 1), &["RepositoryName*", "ImageTag"]).entity(
        "https://console.aws.amazon.com/ecs/home?region=<r>#/repositories/{Config:RepositoryName}#images;tagStatus=ALL",
    ),
    ActionType::of(
        "Source",
        "CodeStarSourceConnection",
        (0, 0),
        (1, 1),
        &["ConnectionArn*", "FullRepositoryId*", "BranchName*", "OutputArtifactFormat", "DetectChanges"],
    )
    .entity("https://<r>.console.aws.amazon.com/codesuite/settings/connections/redirect?connectionArn={Config:ConnectionArn}&referenceType=BRANCH&FullRepositoryId={Config:FullRepositoryId}&Branch={Config:BranchName}")
    .revision("https://<r>.console.aws.amazon.com/codesuite/settings/connections/redirect?connectionArn={Config:ConnectionArn}&referenceType=COMMIT&FullRepositoryId={Config:FullRepositoryId}&Commit={RevisionId}"),
    ActionType::of(
        "Build",
        "CodeBuild",
        (1, 5),
        (0, 5),
        &[
            "ProjectName*",
            "PrimarySource",
            "BatchEnabled",
            "CombineArtifacts",
            "EnvironmentVariables",
            "BuildspecOverride",
            "ServiceRoleArnOverride",
        ],
    )
    .entity(CODEBUILD_PROJECT)
    .execution(CODEBUILD_BUILD),
    ActionType::of(
        "Test",
        "CodeBuild",
        (1, 5),
        (0, 5),
        &[
            "ProjectName*",
            "PrimarySource",
            "BatchEnabled",
            "CombineArtifacts",
            "EnvironmentVariables",
            "ServiceRoleArnOverride",
        ],
    )
    .entity(CODEBUILD_PROJECT)
    .execution(CODEBUILD_BUILD),
    ActionType::of(
        "Build",
        "ECRBuildAndPublish",
        (1, 1),
        (0, 0),
        &["ECRRepositoryName*", "ImageTags", "DockerFilePath", "RegistryType"],
    )
    .v2(),
    ActionType::of(
        "Compute",
        "Commands",
        (0, 10),
        (0, 1),
        &["VpcId", "Subnets", "SecurityGroupIds", "EnvironmentType", "ComputeType"],
    )
    .v2(),
    ActionType::of(
        "Test",
        "DeviceFarm",
        (1, 1),
        (0, 0),
        &[
            "ProjectId*",
            "DevicePoolArn*",
            "AppType*",
            "TestType*",
            "App",
            "Test",
            "TestSpec",
            "JobTimeoutMinutes",
            "RecordVideo",
            "RecordAppPerformanceData",
            "DeviceLatitude",
            "DeviceLongitude",
            "Bluetooth",
            "GPS",
            "NFC",
            "Wifi",
            "AppiumVersion",
            "FuzzEventCount",
            "FuzzEventThrottle",
            "FuzzRandomizerSeed",
            "CustomHostMachineArtifacts",
        ],
    )
    .entity("https://us-west-2.console.aws.amazon.com/devicefarm/home?region=us-west-2#/projects/{Config:ProjectId}/runs"),
    ActionType::of(
        "Approval",
        "Manual",
        (0, 0),
        (0, 0),
        &["NotificationArn", "ExternalEntityLink", "CustomData", "IsSummaryRequired"],
    )
    .entity("{Config:ExternalEntityLink}"),
    ActionType::of("Invoke", "Lambda", (0, 5), (0, 5), &["FunctionName*", "UserParameters"])
        .entity("https://console.aws.amazon.com/lambda/home?region=<r>#/functions/{Config:FunctionName}")
        .execution("https://console.aws.amazon.com/cloudwatch/home?region=<r>#logStream:group=%252Faws%252Flambda%252F{Config:FunctionName}"),
    ActionType::of(
        "Invoke",
        "StepFunctions",
        (0, 1),
        (0, 1),
        &["StateMachineArn*", "ExecutionNamePrefix", "InputType", "Input"],
    )
    .entity("https://console.aws.amazon.com/states/home?region=<r>#/statemachines/view/{Config:StateMachineArn}")
    .execution("https://console.aws.amazon.com/states/home?region=<r>#/executions/details/{ExternalExecutionId}"),
    ActionType::of("Invoke", "CodePipeline", (0, 0), (0, 0), &["PipelineName*", "SourceRevisions", "Variables"]).v2(),
    ActionType::of(
        "Invoke",
        "InspectorScan",
        (0, 1),
        (1, 1),
        &[
            "InspectorRunMode*",
            "ECRRepositoryName",
            "ImageTag",
            "CriticalThreshold",
            "HighThreshold",
            "MediumThreshold",
            "LowThreshold",
        ],
    )
    .v2(),
    ActionType::of(
        "Deploy",
        "S3",
        (1, 1),
        (0, 0),
        &["BucketName*", "Extract*", "ObjectKey", "KMSEncryptionKeyARN", "CannedACL", "CacheControl"],
    )
    .entity("https://console.aws.amazon.com/s3/buckets/{Config:BucketName}/?region=<r>&tab=overview"),
    ActionType::of(
        "Deploy",
        "CloudFormation",
        (0, 10),
        (0, 1),
        &[
            "ActionMode*",
            "StackName*",
            "ChangeSetName",
            "TemplatePath",
            "TemplateConfiguration",
            "ParameterOverrides",
            "OutputFileName",
            "Capabilities",
            "RoleArn",
        ],
    )
    .entity("https://console.aws.amazon.com/cloudformation/home?region=<r>#/")
    .execution("https://console.aws.amazon.com/cloudformation/home?region=<r>#/{ExternalExecutionId}"),
    ActionType::of(
        "Deploy",
        "CloudFormationStackSet",
        (1, 3),
        (0, 0),
        &[
            "StackSetName*",
            "TemplatePath*",
            "Description",
            "Parameters",
            "Capabilities",
            "PermissionModel",
            "AdministrationRoleArn",
            "ExecutionRoleName",
            "OrganizationsAutoDeployment",
            "DeploymentTargets",
            "Regions",
            "FailureTolerancePercentage",
            "MaxConcurrentPercentage",
            "RegionConcurrencyType",
            "ConcurrencyMode",
            "CallAs",
        ],
    )
    .entity(STACK_SETS),
    ActionType::of(
        "Deploy",
        "CloudFormationStackInstances",
        (0, 2),
        (0, 0),
        &[
            "StackSetName*",
            "DeploymentTargets*",
            "Regions*",
            "ParameterOverrides",
            "FailureTolerancePercentage",
            "MaxConcurrentPercentage",
            "RegionConcurrencyType",
            "ConcurrencyMode",
            "CallAs",
        ],
    )
    .entity(STACK_SETS),
    ActionType::of("Deploy", "CodeDeploy", (1, 1), (0, 0), &["ApplicationName*", "DeploymentGroupName*"])
        .entity(CODEDEPLOY_APPLICATION)
        .execution(CODEDEPLOY_DEPLOYMENT),
    ActionType::of(
        "Deploy",
        "CodeDeployToECS",
        (1, 5),
        (0, 0),
        &[
            "ApplicationName*",
            "DeploymentGroupName*",
            "TaskDefinitionTemplateArtifact*",
            "AppSpecTemplateArtifact*",
            "TaskDefinitionTemplatePath",
            "AppSpecTemplatePath",
            "Image1ArtifactName",
            "Image1ContainerName",
            "Image2ArtifactName",
            "Image2ContainerName",
            "Image3ArtifactName",
            "Image3ContainerName",
            "Image4ArtifactName",
            "Image4ContainerName",
        ],
    )
    .entity(CODEDEPLOY_APPLICATION)
    .execution(CODEDEPLOY_DEPLOYMENT),
    ActionType::of(
        "Deploy",
        "ECS",
        (1, 1),
        (0, 0),
        &["ClusterName*", "ServiceName*", "FileName", "DeploymentTimeout"],
    )
    .entity("https://console.aws.amazon.com/ecs/home?region=<r>#/clusters/{Config:ClusterName}/services/{Config:ServiceName}/details")
    .execution("https://console.aws.amazon.com/ecs/home?region=<r>#/clusters/{Config:ClusterName}/services/{Config:ServiceName}/deployments"),
    ActionType::of(
        "Deploy",
        "EC2",
        (1, 1),
        (0, 0),
        &[
            "InstanceType*",
            "InstanceTagKey*",
            "InstanceTagValue",
            "TargetDirectory",
            "DeploySpec",
            "MaxBatch",
            "MaxError",
            "TargetGroupNameList",
            "PreScript",
            "PostScript",
        ],
    )
    .v2(),
    ActionType::of(
        "Deploy",
        "EKS",
        (1, 1),
        (0, 0),
        &[
            "ClusterName*",
            "HelmReleaseName",
            "HelmChartLocation",
            "HelmValuesFiles",
            "ManifestFiles",
            "KustomizationDirectory",
            "Namespace",
            "Subnets",
            "SecurityGroupIds",
        ],
    )
    .entity("{Console}/eks/home?region={Region}#/clusters/{Config:ClusterName}")
    .v2(),
    ActionType::of(
        "Deploy",
        "Lambda",
        (0, 1),
        (0, 0),
        &["FunctionName*", "FunctionAlias", "PublishedTargetVersion", "DeployStrategy", "Alarms"],
    )
    .entity(DEPLOY_LAMBDA)
    .execution(DEPLOY_LAMBDA)
    .v2(),
    ActionType::of("Deploy", "ElasticBeanstalk", (1, 1), (0, 0), &["ApplicationName*", "EnvironmentName*"]).entity(
        "https://console.aws.amazon.com/elasticbeanstalk/home?region=<r>#/application/overview?applicationName={Config:ApplicationName}",
    ),
    ActionType::of("Deploy", "OpsWorks", (1, 1), (0, 0), &["DeploymentType*", "StackId*", "AppId", "LayerId"])
        .entity("https://console.aws.amazon.com/opsworks/home?region=<r>#/stack/{Config:StackId}/stack"),
    ActionType::of(
        "Deploy",
        "ServiceCatalog",
        (1, 1),
        (0, 0),
        &[
            "ProductId*",
            "ConfigurationFilePath",
            "ProductVersionName",
            "ProductVersionDescription",
            "ProductType",
            "TemplateFilePath",
        ],
    )
    .entity("https://console.aws.amazon.com/servicecatalog/home?region=<r>#/admin-products"),
    ActionType::of(
        "Deploy",
        "AppConfig",
        (1, 1),
        (0, 0),
        &[
            "Application*",
            "Environment*",
            "ConfigurationProfile*",
            "DeploymentStrategy*",
            "InputArtifactConfigurationPath*",
        ],
    )
    .entity("https://console.aws.amazon.com/systems-manager/appconfig/home?region=<r>#applications"),
    ActionType::of(
        "Source",
        "GitHub",
        (0, 0),
        (1, 1),
        &["Owner*", "Repo*", "Branch*", "OAuthToken!", "PollForSourceChanges"],
    )
    .third_party()
    .entity("https://github.com/{Config:Owner}/{Config:Repo}/tree/{Config:Branch}")
    .revision("https://github.com/{Config:Owner}/{Config:Repo}/commit/{RevisionId}"),
    ActionType::of(
        "Deploy",
        "AlexaSkillsKit",
        (1, 2),
        (0, 0),
        &["ClientId*", "ClientSecret!", "RefreshToken!", "SkillId*"],
    )
    .third_party(),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Witness: contract, codepipeline section 6.1: 28 types owned by AWS came in one page.
    #[test]
    fn aws_owns_twenty_eight_types_and_each_is_found_by_its_name() {
        assert_eq!(TYPES.iter().filter(|of| of.owner == "AWS").count(), 28);
        for of in TYPES {
            let found = find(of.category, of.owner, of.provider, "1");
            assert!(found.is_some_and(|found| std::ptr::eq(found, of)), "{of:?}");
        }
    }

    #[test]
    fn keys_are_named_once_and_secrets_are_required() {
        for of in TYPES {
            let names: BTreeSet<_> = of.properties().map(|key| key.name).collect();
            assert_eq!(names.len(), of.properties().count(), "{of:?}");
            assert!(of.properties().all(|key| key.required || !key.secret));
        }
    }

    #[test]
    fn other_versions_and_owners_do_not_exist() {
        assert!(find("Source", "AWS", "S3", "2").is_none());
        assert!(find("Source", "ThirdParty", "S3", "1").is_none());
    }
}
