//! The operations that the commands use, whole lists at a time.

use super::caller::{Api, CallError, Remote};
use codebuild_api::input::{BatchGetBuildsInput, ListBuildsForProjectInput, ListBuildsInput};
use codebuild_api::model::{Build, SortOrderType};
use codebuild_api::output::{BatchGetBuildsOutput, ListBuildsForProjectOutput, ListBuildsOutput};
use codepipeline_api::input::*;
use codepipeline_api::model::{
    ActionExecutionDetail, ActionExecutionFilter, PipelineDeclaration, PipelineExecution,
    PipelineExecutionSummary, PipelineSummary, RuleExecutionDetail, RuleExecutionFilter,
};
use codepipeline_api::output::*;
use futures::StreamExt;
use serde::Deserialize;

/// What is known of a running action before the history shows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Running {
    pub action_execution_id: String,
    pub external_execution_id: Option<String>,
    #[serde(rename = "logStreamARN")]
    pub log_stream_arn: Option<String>,
}

/// Newest builds among which running ones are looked for.
const MOST_BUILDS: usize = 1000;
/// Ids that BatchGetBuilds takes.
const BATCH: usize = 100;

type Page<T> = Result<(Option<Vec<T>>, Option<String>), CallError>;

/// Page after page, at most `limit` items.
async fn pages<T>(
    limit: usize,
    mut page: impl AsyncFnMut(Option<String>) -> Page<T>,
) -> Result<Vec<T>, CallError> {
    let (mut all, mut token) = (Vec::new(), None);
    loop {
        let (items, next) = page(token).await?;
        all.extend(items.into_iter().flatten());
        if next.is_none() || all.len() >= limit {
            all.truncate(limit);
            return Ok(all);
        }
        token = next;
    }
}

impl Remote {
    pub async fn pipelines(&self) -> Result<Vec<PipelineSummary>, CallError> {
        pages(usize::MAX, async |next_token| {
            let input = ListPipelinesInput {
                next_token,
                ..ListPipelinesInput::default()
            };
            let output: ListPipelinesOutput = self
                .call(Api::CodePipeline, "ListPipelines", &input)
                .await?;
            Ok((output.pipelines, output.next_token))
        })
        .await
    }

    /// The current declaration.
    pub async fn declaration(&self, pipeline: &str) -> Result<PipelineDeclaration, CallError> {
        let input = GetPipelineInput::new(pipeline);
        let output: GetPipelineOutput = self.call(Api::CodePipeline, "GetPipeline", &input).await?;
        output.pipeline.ok_or_else(|| CallError::Foreign {
            url: self.url().to_owned(),
            what: "GetPipeline gives no pipeline".to_owned(),
        })
    }

    pub async fn state(&self, pipeline: &str) -> Result<GetPipelineStateOutput, CallError> {
        let input = GetPipelineStateInput::new(pipeline);
        self.call(Api::CodePipeline, "GetPipelineState", &input)
            .await
    }

    /// The newest start first, at most `limit`.
    pub async fn executions(
        &self,
        pipeline: &str,
        limit: usize,
    ) -> Result<Vec<PipelineExecutionSummary>, CallError> {
        pages(limit, async |next_token| {
            let input = ListPipelineExecutionsInput {
                next_token,
                max_results: i32::try_from(limit.min(100)).ok(),
                ..ListPipelineExecutionsInput::new(pipeline)
            };
            let output: ListPipelineExecutionsOutput = self
                .call(Api::CodePipeline, "ListPipelineExecutions", &input)
                .await?;
            Ok((output.pipeline_execution_summaries, output.next_token))
        })
        .await
    }

    pub async fn execution(
        &self,
        pipeline: &str,
        id: &str,
    ) -> Result<PipelineExecution, CallError> {
        let input = GetPipelineExecutionInput::new(pipeline, id);
        let output: GetPipelineExecutionOutput = self
            .call(Api::CodePipeline, "GetPipelineExecution", &input)
            .await?;
        Ok(output.pipeline_execution.unwrap_or_default())
    }

    /// Which pipeline an execution belongs to; all are asked, several at a time.
    pub async fn pipeline_of(&self, execution: &str) -> Result<Option<String>, CallError> {
        let names = self.pipelines().await?;
        let names = names.into_iter().filter_map(|pipeline| pipeline.name);
        let asked = futures::stream::iter(names).map(|name| async move {
            match self.execution(&name, execution).await {
                Ok(_) => Ok(Some(name)),
                // Deleted meanwhile, or simply not its execution.
                Err(CallError::Refused { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        });
        let mut answers = std::pin::pin!(asked.buffer_unordered(8));
        while let Some(answer) = answers.next().await {
            if let Some(name) = answer? {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    /// Every attempt of every action, the newest start first.
    pub async fn actions(
        &self,
        pipeline: &str,
        execution: &str,
    ) -> Result<Vec<ActionExecutionDetail>, CallError> {
        pages(usize::MAX, async |next_token| {
            let filter = ActionExecutionFilter {
                pipeline_execution_id: Some(execution.to_owned()),
                ..ActionExecutionFilter::default()
            };
            let input = ListActionExecutionsInput {
                filter: Some(filter),
                next_token,
                ..ListActionExecutionsInput::new(pipeline)
            };
            let output: ListActionExecutionsOutput = self
                .call(Api::CodePipeline, "ListActionExecutions", &input)
                .await?;
            Ok((output.action_execution_details, output.next_token))
        })
        .await
    }

    /// Every rule that has been looked at, the newest start first; none from a server that keeps no history of them.
    pub async fn rules(
        &self,
        pipeline: &str,
        execution: &str,
    ) -> Result<Vec<RuleExecutionDetail>, CallError> {
        let rules = pages(usize::MAX, async |next_token| {
            let filter = RuleExecutionFilter {
                pipeline_execution_id: Some(execution.to_owned()),
                ..RuleExecutionFilter::default()
            };
            let input = ListRuleExecutionsInput {
                filter: Some(filter),
                next_token,
                ..ListRuleExecutionsInput::new(pipeline)
            };
            let output: ListRuleExecutionsOutput = self
                .call(Api::CodePipeline, "ListRuleExecutions", &input)
                .await?;
            Ok((output.rule_execution_details, output.next_token))
        })
        .await;
        match rules {
            Err(error) if error.is("NotImplementedException") => Ok(Vec::new()),
            rules => rules,
        }
    }

    /// The actions that run now, of all executions of a pipeline.
    pub async fn running(&self, pipeline: &str) -> Result<Vec<Running>, CallError> {
        let lines = self.follow(&[("pipeline", pipeline)]).await?;
        let mut lines = std::pin::pin!(lines);
        let line = lines.next().await.transpose()?.unwrap_or_default();
        Ok(running(&line))
    }

    /// Builds by id; those that are not there are missing.
    pub async fn builds(&self, ids: &[String]) -> Result<Vec<Build>, CallError> {
        let mut builds = Vec::new();
        for batch in ids.chunks(BATCH) {
            let input = BatchGetBuildsInput::new(batch.to_vec());
            let output: BatchGetBuildsOutput =
                self.call(Api::CodeBuild, "BatchGetBuilds", &input).await?;
            builds.extend(output.builds.into_iter().flatten());
        }
        Ok(builds)
    }

    /// Builds that have not ended, the newest first.
    pub async fn live_builds(&self) -> Result<Vec<Build>, CallError> {
        let ids = pages(MOST_BUILDS, async |next_token| {
            let input = ListBuildsInput {
                next_token,
                sort_order: Some(SortOrderType::Descending),
            };
            let output: ListBuildsOutput = self.call(Api::CodeBuild, "ListBuilds", &input).await?;
            Ok((output.ids, output.next_token))
        })
        .await?;
        let mut builds = self.builds(&ids).await?;
        builds.retain(|build| build.build_complete == Some(false));
        Ok(builds)
    }

    /// The id of a project's newest build; `None` when it has none.
    pub async fn newest_build(&self, project: &str) -> Result<Option<String>, CallError> {
        let input = ListBuildsForProjectInput {
            sort_order: Some(SortOrderType::Descending),
            ..ListBuildsForProjectInput::new(project)
        };
        let output: ListBuildsForProjectOutput = self
            .call(Api::CodeBuild, "ListBuildsForProject", &input)
            .await?;
        Ok(output.ids.into_iter().flatten().next())
    }
}

/// From a line about a pipeline.
pub fn running(line: &serde_json::Value) -> Vec<Running> {
    let listed = line.get("running").cloned().unwrap_or_default();
    serde_json::from_value(listed).unwrap_or_default()
}
