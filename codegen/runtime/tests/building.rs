//! Binding handlers: a builder refuses to build with holes.

use std::future::Future;

use codepipeline_api::CodePipelineBuilder;
use codepipeline_api::error::GetPipelineError;
use codepipeline_api::input::GetPipelineInput;
use codepipeline_api::output::GetPipelineOutput;
use slipway_runtime::smithy::OperationSchema;
use slipway_runtime::{Adapter, Operation};

/// Routes are only names here.
struct Names;

impl Adapter for Names {
    type Context = ();
    type Route = &'static str;

    fn route<Op, F, Fut>(&self, _handler: F) -> &'static str
    where
        Op: Operation,
        F: Fn(Op::Input, ()) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Op::Output, Op::Error>> + Send + 'static,
    {
        Op::NAME
    }

    fn not_implemented(&self, _operation: &'static OperationSchema<'static>) -> &'static str {
        "501"
    }
}

async fn get_pipeline(
    _input: GetPipelineInput,
    _: (),
) -> Result<GetPipelineOutput, GetPipelineError> {
    Ok(GetPipelineOutput::default())
}

fn all_but(name: &str) -> Vec<&'static str> {
    let all = codepipeline_api::OPERATIONS.iter().copied();
    all.filter(|other| *other != name).collect()
}

#[test]
fn a_builder_lists_the_operations_without_a_handler() {
    let error = CodePipelineBuilder::new(Names)
        .get_pipeline(get_pipeline)
        .build()
        .expect_err("holes");
    assert_eq!(error.missing, all_but("GetPipeline"));
    assert!(
        error
            .to_string()
            .starts_with("CodePipeline_20150709 cannot be built: no handler for AcknowledgeJob, ")
    );
}

#[test]
fn an_operation_named_as_not_built_answers_501() {
    let routes = CodePipelineBuilder::new(Names)
        .get_pipeline(get_pipeline)
        .not_built(&all_but("GetPipeline"))
        .build()
        .expect("complete");
    assert_eq!(routes.len(), 44);
    for (operation, route) in routes {
        let name = operation.shape_id().shape_name();
        assert_eq!(route, if name == "GetPipeline" { name } else { "501" });
    }
}

#[test]
fn names_that_are_unknown_or_built_after_all_are_refused() {
    let error = CodePipelineBuilder::new(Names)
        .get_pipeline(get_pipeline)
        .not_built(&all_but(""))
        .not_built(&["GetPipelines"])
        .build()
        .expect_err("both");
    assert_eq!(error.twice, ["GetPipeline"]);
    assert_eq!(error.unknown, ["GetPipelines"]);
}
