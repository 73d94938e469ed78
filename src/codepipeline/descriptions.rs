//! What configuration keys of the catalogues mean, for those who make forms of them; one sentence per name, in our words.

/// The meaning of a key of an action or rule type of the catalogues.
pub fn of(key: &str) -> Option<&'static str> {
    let found = MEANINGS.iter().find(|(name, _)| *name == key);
    found.map(|(_, meaning)| *meaning)
}

const MEANINGS: &[(&str, &str)] = &[
    (
        "ActionMode",
        "What is done with the stack or the change set",
    ),
    (
        "AdministrationRoleArn",
        "The role that administers the stack set",
    ),
    ("AlarmName", "The alarm whose state is looked at"),
    ("AlarmStates", "The states of the alarm that are looked for"),
    ("Alarms", "Alarms that end the shift of traffic"),
    (
        "AllowOverrideForS3ObjectKey",
        "Whether a start may name another object key",
    ),
    ("App", "Where the application is in the input artifact"),
    ("AppId", "The application in the stack"),
    (
        "AppSpecTemplateArtifact",
        "The input artifact with the AppSpec file",
    ),
    (
        "AppSpecTemplatePath",
        "Where the AppSpec file is in its artifact",
    ),
    ("AppType", "The platform of the application"),
    ("AppiumVersion", "The version of Appium that runs the tests"),
    ("Application", "The application that is configured"),
    ("ApplicationName", "The application that is deployed"),
    ("BatchEnabled", "Whether a batch of builds is started"),
    ("Bluetooth", "Whether Bluetooth is on while the tests run"),
    ("Branch", "The branch that is followed"),
    ("BranchName", "The branch that is followed"),
    ("BucketName", "The bucket that receives the files"),
    (
        "BuildspecOverride",
        "The buildspec used instead of the project's own",
    ),
    (
        "CacheControl",
        "The Cache-Control header of the deployed objects",
    ),
    ("CallAs", "As whom the stack set is administered"),
    ("CannedACL", "The canned ACL of the deployed objects"),
    ("Capabilities", "What the template is allowed to make"),
    ("ChangeSetName", "The change set that is made or executed"),
    ("ClientId", "The client that publishes the skill"),
    ("ClientSecret", "The secret of that client"),
    ("ClusterName", "The cluster that is deployed to"),
    (
        "CombineArtifacts",
        "Whether a batch's artifacts are put together",
    ),
    (
        "ComputeType",
        "How large the environment of the commands is",
    ),
    (
        "ConcurrencyMode",
        "How failures limit what runs at the same time",
    ),
    (
        "ConfigurationFilePath",
        "Where the configuration is in the input artifact",
    ),
    (
        "ConfigurationProfile",
        "The profile whose configuration is deployed",
    ),
    (
        "ConnectionArn",
        "The connection to the provider of the repository",
    ),
    (
        "CriticalThreshold",
        "How many critical findings are too many",
    ),
    ("Cron", "When the window is open, as a cron expression"),
    ("CustomData", "What the approver is told"),
    (
        "CustomHostMachineArtifacts",
        "Where files of the host machine are kept",
    ),
    (
        "DeploySpec",
        "Where the deploy specification is in the input artifact",
    ),
    ("DeployStrategy", "How traffic is shifted"),
    (
        "DeploymentGroupName",
        "The deployment group that is deployed to",
    ),
    (
        "DeploymentStrategy",
        "How fast the configuration is rolled out",
    ),
    (
        "DeploymentTargets",
        "The accounts or units that receive instances",
    ),
    (
        "DeploymentTimeout",
        "How many minutes the deployment may take",
    ),
    ("DeploymentType", "What is run on the stack"),
    ("Description", "What the stack set is for"),
    ("DetectChanges", "Whether pushes start the pipeline"),
    ("DeviceLatitude", "Where the devices are said to be"),
    ("DeviceLongitude", "Where the devices are said to be"),
    ("DevicePoolArn", "The devices that run the tests"),
    (
        "DockerFilePath",
        "Where the Dockerfile is in the input artifact",
    ),
    ("ECRRepositoryName", "The repository of the image"),
    (
        "Environment",
        "The environment that receives the configuration",
    ),
    ("EnvironmentName", "The environment that is deployed to"),
    ("EnvironmentType", "The kind of environment of the commands"),
    (
        "EnvironmentVariables",
        "Environment variables of the build, as JSON",
    ),
    ("ExecutionNamePrefix", "How names of executions begin"),
    ("ExecutionRoleName", "The role that makes the instances"),
    ("ExternalEntityLink", "A link for the approver"),
    ("Extract", "Whether the artifact is unpacked"),
    (
        "FailureTolerancePercentage",
        "How many instances may fail, in percent",
    ),
    ("FileName", "The file with the image definitions"),
    ("FullRepositoryId", "The repository with its owner"),
    ("FunctionAlias", "The alias that is shifted"),
    ("FunctionName", "The function that is called or deployed"),
    ("FuzzEventCount", "How many events a fuzz test makes"),
    (
        "FuzzEventThrottle",
        "How many milliseconds pass between events",
    ),
    ("FuzzRandomizerSeed", "The seed of a fuzz test"),
    ("GPS", "Whether GPS is on while the tests run"),
    (
        "HelmChartLocation",
        "Where the chart is in the input artifact",
    ),
    (
        "HelmReleaseName",
        "The release that is installed or upgraded",
    ),
    ("HelmValuesFiles", "Files with values for the chart"),
    (
        "HighThreshold",
        "How many findings of high severity are too many",
    ),
    (
        "Image1ArtifactName",
        "The input artifact that describes the first image",
    ),
    ("Image1ContainerName", "The container of the first image"),
    (
        "Image2ArtifactName",
        "The input artifact that describes the second image",
    ),
    ("Image2ContainerName", "The container of the second image"),
    (
        "Image3ArtifactName",
        "The input artifact that describes the third image",
    ),
    ("Image3ContainerName", "The container of the third image"),
    (
        "Image4ArtifactName",
        "The input artifact that describes the fourth image",
    ),
    ("Image4ContainerName", "The container of the fourth image"),
    ("ImageTag", "The tag of the image"),
    ("ImageTags", "The tags that the image gets"),
    ("Input", "What the execution is given, or where it is"),
    (
        "InputArtifactConfigurationPath",
        "Where the configuration is in the input artifact",
    ),
    ("InputType", "Whether the input is literal or a file path"),
    (
        "InspectorRunMode",
        "Whether source code or an image is scanned",
    ),
    ("InstanceTagKey", "The tag that the instances have"),
    ("InstanceTagValue", "The value of that tag"),
    ("InstanceType", "The kind of the instances"),
    (
        "IsSummaryRequired",
        "Whether the approver must give a reason",
    ),
    ("JobTimeoutMinutes", "How many minutes the tests may take"),
    (
        "KMSEncryptionKeyARN",
        "The key that encrypts the deployed objects",
    ),
    (
        "KustomizationDirectory",
        "Where the kustomization is in the input artifact",
    ),
    ("LayerId", "The layer that is deployed to"),
    (
        "LowThreshold",
        "How many findings of low severity are too many",
    ),
    ("ManifestFiles", "The manifests in the input artifact"),
    (
        "MaxBatch",
        "How many instances are deployed to at the same time",
    ),
    (
        "MaxConcurrentPercentage",
        "How many instances are made at the same time, in percent",
    ),
    ("MaxError", "How many instances may fail"),
    (
        "MediumThreshold",
        "How many findings of medium severity are too many",
    ),
    ("NFC", "Whether NFC is on while the tests run"),
    ("Namespace", "The namespace in the cluster"),
    ("NotificationArn", "The topic that tells approvers"),
    ("OAuthToken", "The token that may read the repository"),
    ("ObjectKey", "Where in the bucket the files are put"),
    ("Operator", "How the variable and the value are compared"),
    (
        "OrganizationsAutoDeployment",
        "Whether new accounts receive instances by themselves",
    ),
    (
        "OutputArtifactFormat",
        "Whether the artifact is a zip file or a reference for a full clone",
    ),
    ("OutputFileName", "The file for the outputs of the stack"),
    ("Owner", "The owner of the repository"),
    (
        "ParameterOverrides",
        "Parameters that replace those of the template, as JSON",
    ),
    ("Parameters", "Parameters of the template"),
    ("PermissionModel", "Who makes the roles of the stack set"),
    ("PipelineName", "The pipeline that is started"),
    (
        "PollForSourceChanges",
        "Whether the source is looked at for changes",
    ),
    ("PostScript", "What runs after the files are in place"),
    ("PreScript", "What runs before the files are in place"),
    ("PrimarySource", "The input artifact with the buildspec"),
    ("ProductId", "The product that gets a new version"),
    ("ProductType", "The kind of the product"),
    ("ProductVersionDescription", "What the new version is about"),
    ("ProductVersionName", "The name of the new version"),
    ("ProjectId", "The project that runs the tests"),
    ("ProjectName", "The build project"),
    (
        "PublishedTargetVersion",
        "The version that receives the traffic",
    ),
    (
        "RecordAppPerformanceData",
        "Whether performance is recorded",
    ),
    ("RecordVideo", "Whether a video is recorded"),
    ("RefreshToken", "The token that renews access"),
    (
        "RegionConcurrencyType",
        "Whether regions are done one after the other",
    ),
    ("Regions", "The regions that receive instances"),
    ("RegistryType", "Whether the registry is private or public"),
    ("Repo", "The repository"),
    ("RepositoryName", "The repository"),
    ("RoleArn", "The role that makes what the template describes"),
    ("S3Bucket", "The bucket of the source object"),
    ("S3ObjectKey", "The key of the source object"),
    ("SecurityGroupIds", "The security groups of the environment"),
    ("ServiceName", "The service that is deployed"),
    (
        "ServiceRoleArnOverride",
        "The role of the build instead of the project's own",
    ),
    ("SkillId", "The skill that is published"),
    (
        "SourceRevisions",
        "The revisions that the pipeline is started with",
    ),
    ("StackId", "The stack that is deployed to"),
    ("StackName", "The stack that is made, updated or deleted"),
    ("StackSetName", "The stack set"),
    ("StateMachineArn", "The state machine that is started"),
    ("Subnets", "The subnets of the environment"),
    (
        "TargetDirectory",
        "Where on the instances the files are put",
    ),
    (
        "TargetGroupNameList",
        "The target groups that instances leave and join",
    ),
    (
        "TaskDefinitionTemplateArtifact",
        "The input artifact with the task definition",
    ),
    (
        "TaskDefinitionTemplatePath",
        "Where the task definition is in its artifact",
    ),
    (
        "TemplateConfiguration",
        "The file with the template's parameters",
    ),
    (
        "TemplateFilePath",
        "Where the template is in the input artifact",
    ),
    ("TemplatePath", "The template in an input artifact"),
    ("Test", "Where the tests are in the input artifact"),
    (
        "TestSpec",
        "Where the test specification is in the input artifact",
    ),
    ("TestType", "The framework of the tests"),
    ("TimeZone", "The time zone of the window"),
    ("UserParameters", "What the function is given"),
    ("Value", "What the variable is compared with"),
    ("Variable", "The variable that is checked"),
    (
        "Variables",
        "The variables that the pipeline is started with",
    ),
    ("VpcId", "The network of the environment"),
    ("WaitTime", "How many minutes the alarm may take to recover"),
    ("Wifi", "Whether Wi-Fi is on while the tests run"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codepipeline::{catalogue, rule_types};
    use std::collections::BTreeSet;

    /// Witness: contract, codepipeline section 3.3: each property carries a description.
    #[test]
    fn every_key_of_the_catalogues_has_its_meaning_and_nothing_else_has() {
        let actions = catalogue::TYPES.iter().flat_map(|of| of.properties());
        let rules = rule_types::TYPES.iter().flat_map(|of| of.properties());
        let keys: BTreeSet<&str> = actions.chain(rules).map(|key| key.name).collect();
        let named: BTreeSet<&str> = MEANINGS.iter().map(|(name, _)| *name).collect();
        assert_eq!(named, keys);
        assert_eq!(named.len(), MEANINGS.len());
        // The model's limit.
        assert!(
            MEANINGS
                .iter()
                .all(|(_, text)| (1..=160).contains(&text.len()))
        );
    }
}
