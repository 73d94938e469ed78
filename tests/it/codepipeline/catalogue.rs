//! The catalogue of AWS's and partners' action types, row by row (contract codepipeline §6.1).
//!
//! Counts are minimum and maximum of input and output artifacts; `*` is a required key, `!` a secret one.

use crate::support::caller::{CODEPIPELINE, Caller};
use expect_test::expect;
use serde_json::{Value, json};
use std::fmt::Write;

fn counts(of: &Value) -> String {
    format!("{}..{}", of["minimumCount"], of["maximumCount"])
}

fn key(property: &Value) -> String {
    let mark = |member: &str, mark| match property[member] == true {
        true => mark,
        false => "",
    };
    let name = property["name"].as_str().unwrap();
    format!("{name}{}{}", mark("required", "*"), mark("secret", "!"))
}

fn row(of: &Value) -> String {
    let id = |member: &str| of["id"][member].as_str().unwrap();
    let keys = of["actionConfigurationProperties"].as_array().unwrap();
    let keys: Vec<String> = keys.iter().map(key).collect();
    let mut row = format!(
        "{} {} {} {} {} {}\n",
        id("owner"),
        id("category"),
        id("provider"),
        counts(&of["inputArtifactDetails"]),
        counts(&of["outputArtifactDetails"]),
        keys.join(", "),
    );
    for link in ["entity", "execution", "revision"] {
        if let Some(template) = of["settings"][format!("{link}UrlTemplate")].as_str() {
            writeln!(row, "    {link} {template}").unwrap();
        }
    }
    row
}

#[tokio::test]
async fn every_type_has_the_counts_keys_and_links_of_the_catalogue() {
    // contract codepipeline §6.1, every row
    let caller = Caller::new(CODEPIPELINE).await;
    let listed = caller.ok("ListActionTypes", json!({})).await;
    let rows = listed["actionTypes"].as_array().unwrap().iter();
    let rows: Vec<String> = rows.map(row).collect();
    expect![[r#"
        AWS Source S3 0..0 1..1 S3Bucket*, S3ObjectKey*, PollForSourceChanges, AllowOverrideForS3ObjectKey
            entity https://console.aws.amazon.com/s3/home?region=us-east-1#
        AWS Source CodeCommit 0..0 1..1 RepositoryName*, BranchName*, PollForSourceChanges, OutputArtifactFormat
            entity https://console.aws.amazon.com/codecommit/home?region=us-east-1#/repository/{Config:RepositoryName}/browse/{Config:BranchName}/--/
            revision https://console.aws.amazon.com/codecommit/home?region=us-east-1#/repository/{Config:RepositoryName}/commit/{RevisionId}
        AWS Source ECR 0..0 1..1 RepositoryName*, ImageTag
            entity https://console.aws.amazon.com/ecs/home?region=us-east-1#/repositories/{Config:RepositoryName}#images;tagStatus=ALL
        AWS Source CodeStarSourceConnection 0..0 1..1 ConnectionArn*, FullRepositoryId*, BranchName*, OutputArtifactFormat, DetectChanges
            entity https://us-east-1.console.aws.amazon.com/codesuite/settings/connections/redirect?connectionArn={Config:ConnectionArn}&referenceType=BRANCH&FullRepositoryId={Config:FullRepositoryId}&Branch={Config:BranchName}
            revision https://us-east-1.console.aws.amazon.com/codesuite/settings/connections/redirect?connectionArn={Config:ConnectionArn}&referenceType=COMMIT&FullRepositoryId={Config:FullRepositoryId}&Commit={RevisionId}
        AWS Build CodeBuild 1..5 0..5 ProjectName*, PrimarySource, BatchEnabled, CombineArtifacts, EnvironmentVariables, BuildspecOverride, ServiceRoleArnOverride
            entity https://console.aws.amazon.com/codebuild/home?region=us-east-1#/projects/{Config:ProjectName}/view
            execution https://console.aws.amazon.com/codebuild/home?region=us-east-1#/builds/{ExternalExecutionId}/view/new
        AWS Test CodeBuild 1..5 0..5 ProjectName*, PrimarySource, BatchEnabled, CombineArtifacts, EnvironmentVariables, ServiceRoleArnOverride
            entity https://console.aws.amazon.com/codebuild/home?region=us-east-1#/projects/{Config:ProjectName}/view
            execution https://console.aws.amazon.com/codebuild/home?region=us-east-1#/builds/{ExternalExecutionId}/view/new
        AWS Build ECRBuildAndPublish 1..1 0..0 ECRRepositoryName*, ImageTags, DockerFilePath, RegistryType
        AWS Compute Commands 0..10 0..1 VpcId, Subnets, SecurityGroupIds, EnvironmentType, ComputeType
        AWS Test DeviceFarm 1..1 0..0 ProjectId*, DevicePoolArn*, AppType*, TestType*, App, Test, TestSpec, JobTimeoutMinutes, RecordVideo, RecordAppPerformanceData, DeviceLatitude, DeviceLongitude, Bluetooth, GPS, NFC, Wifi, AppiumVersion, FuzzEventCount, FuzzEventThrottle, FuzzRandomizerSeed, CustomHostMachineArtifacts
            entity https://us-west-2.console.aws.amazon.com/devicefarm/home?region=us-west-2#/projects/{Config:ProjectId}/runs
        AWS Approval Manual 0..0 0..0 NotificationArn, ExternalEntityLink, CustomData, IsSummaryRequired
            entity {Config:ExternalEntityLink}
        AWS Invoke Lambda 0..5 0..5 FunctionName*, UserParameters
            entity https://console.aws.amazon.com/lambda/home?region=us-east-1#/functions/{Config:FunctionName}
            execution https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#logStream:group=%252Faws%252Flambda%252F{Config:FunctionName}
        AWS Invoke StepFunctions 0..1 0..1 StateMachineArn*, ExecutionNamePrefix, InputType, Input
            entity https://console.aws.amazon.com/states/home?region=us-east-1#/statemachines/view/{Config:StateMachineArn}
            execution https://console.aws.amazon.com/states/home?region=us-east-1#/executions/details/{ExternalExecutionId}
        AWS Invoke CodePipeline 0..0 0..0 PipelineName*, SourceRevisions, Variables
        AWS Invoke InspectorScan 0..1 1..1 InspectorRunMode*, ECRRepositoryName, ImageTag, CriticalThreshold, HighThreshold, MediumThreshold, LowThreshold
        AWS Deploy S3 1..1 0..0 BucketName*, Extract*, ObjectKey, KMSEncryptionKeyARN, CannedACL, CacheControl
            entity https://console.aws.amazon.com/s3/buckets/{Config:BucketName}/?region=us-east-1&tab=overview
        AWS Deploy CloudFormation 0..10 0..1 ActionMode*, StackName*, ChangeSetName, TemplatePath, TemplateConfiguration, ParameterOverrides, OutputFileName, Capabilities, RoleArn
            entity https://console.aws.amazon.com/cloudformation/home?region=us-east-1#/
            execution https://console.aws.amazon.com/cloudformation/home?region=us-east-1#/{ExternalExecutionId}
        AWS Deploy CloudFormationStackSet 1..3 0..0 StackSetName*, TemplatePath*, Description, Parameters, Capabilities, PermissionModel, AdministrationRoleArn, ExecutionRoleName, OrganizationsAutoDeployment, DeploymentTargets, Regions, FailureTolerancePercentage, MaxConcurrentPercentage, RegionConcurrencyType, ConcurrencyMode, CallAs
            entity https://console.aws.amazon.com/cloudformation/stacksets/home?region=us-east-1#/stacksets
        AWS Deploy CloudFormationStackInstances 0..2 0..0 StackSetName*, DeploymentTargets*, Regions*, ParameterOverrides, FailureTolerancePercentage, MaxConcurrentPercentage, RegionConcurrencyType, ConcurrencyMode, CallAs
            entity https://console.aws.amazon.com/cloudformation/stacksets/home?region=us-east-1#/stacksets
        AWS Deploy CodeDeploy 1..1 0..0 ApplicationName*, DeploymentGroupName*
            entity https://console.aws.amazon.com/codedeploy/home?region=us-east-1#/applications/{Config:ApplicationName}
            execution https://console.aws.amazon.com/codedeploy/home?region=us-east-1#/deployments/{ExternalExecutionId}
        AWS Deploy CodeDeployToECS 1..5 0..0 ApplicationName*, DeploymentGroupName*, TaskDefinitionTemplateArtifact*, AppSpecTemplateArtifact*, TaskDefinitionTemplatePath, AppSpecTemplatePath, Image1ArtifactName, Image1ContainerName, Image2ArtifactName, Image2ContainerName, Image3ArtifactName, Image3ContainerName, Image4ArtifactName, Image4ContainerName
            entity https://console.aws.amazon.com/codedeploy/home?region=us-east-1#/applications/{Config:ApplicationName}
            execution https://console.aws.amazon.com/codedeploy/home?region=us-east-1#/deployments/{ExternalExecutionId}
        AWS Deploy ECS 1..1 0..0 ClusterName*, ServiceName*, FileName, DeploymentTimeout
            entity https://console.aws.amazon.com/ecs/home?region=us-east-1#/clusters/{Config:ClusterName}/services/{Config:ServiceName}/details
            execution https://console.aws.amazon.com/ecs/home?region=us-east-1#/clusters/{Config:ClusterName}/services/{Config:ServiceName}/deployments
        AWS Deploy EC2 1..1 0..0 InstanceType*, InstanceTagKey*, InstanceTagValue, TargetDirectory, DeploySpec, MaxBatch, MaxError, TargetGroupNameList, PreScript, PostScript
        AWS Deploy EKS 1..1 0..0 ClusterName*, HelmReleaseName, HelmChartLocation, HelmValuesFiles, ManifestFiles, KustomizationDirectory, Namespace, Subnets, SecurityGroupIds
            entity {Console}/eks/home?region={Region}#/clusters/{Config:ClusterName}
        AWS Deploy Lambda 0..1 0..0 FunctionName*, FunctionAlias, PublishedTargetVersion, DeployStrategy, Alarms
            entity {Console}/lambda/home?region={Region}#/functions/{Config:FunctionName}
            execution {Console}/lambda/home?region={Region}#/functions/{Config:FunctionName}
        AWS Deploy ElasticBeanstalk 1..1 0..0 ApplicationName*, EnvironmentName*
            entity https://console.aws.amazon.com/elasticbeanstalk/home?region=us-east-1#/application/overview?applicationName={Config:ApplicationName}
        AWS Deploy OpsWorks 1..1 0..0 DeploymentType*, StackId*, AppId, LayerId
            entity https://console.aws.amazon.com/opsworks/home?region=us-east-1#/stack/{Config:StackId}/stack
        AWS Deploy ServiceCatalog 1..1 0..0 ProductId*, ConfigurationFilePath, ProductVersionName, ProductVersionDescription, ProductType, TemplateFilePath
            entity https://console.aws.amazon.com/servicecatalog/home?region=us-east-1#/admin-products
        AWS Deploy AppConfig 1..1 0..0 Application*, Environment*, ConfigurationProfile*, DeploymentStrategy*, InputArtifactConfigurationPath*
            entity https://console.aws.amazon.com/systems-manager/appconfig/home?region=us-east-1#applications
        ThirdParty Source GitHub 0..0 1..1 Owner*, Repo*, Branch*, OAuthToken*!, PollForSourceChanges
            entity https://github.com/{Config:Owner}/{Config:Repo}/tree/{Config:Branch}
            revision https://github.com/{Config:Owner}/{Config:Repo}/commit/{RevisionId}
        ThirdParty Deploy AlexaSkillsKit 1..2 0..0 ClientId*, ClientSecret*!, RefreshToken*!, SkillId*
    "#]]
    .assert_eq(&rows.concat());
}
