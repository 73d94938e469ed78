//! ListProjects: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListProjects.html>

use super::PAGE;
use crate::aws::{Scope, Time, page};
use crate::codebuild::errors;
use crate::server::call::Call;
use crate::store::{Direction, Key};
use codebuild_api::error::{InvalidInputException, ListProjectsError};
use codebuild_api::input::ListProjectsInput;
use codebuild_api::model::{ProjectSortByType, SortOrderType};
use codebuild_api::output::ListProjectsOutput;
use std::ops::Bound;

/// Names, by name unless another order is asked for; a hundred on a page.
pub async fn list_projects(
    input: ListProjectsInput,
    call: Call,
) -> Result<ListProjectsOutput, ListProjectsError> {
    let order = Order::of(&input);
    let token = input.next_token.as_deref();
    let tables = &call.app.codebuild.tables;
    let (names, next) = match order.by {
        ProjectSortByType::Name => order.page(&call.scope, token, |range, direction, limit| {
            let rows = tables.projects.range(range, direction, limit);
            rows.into_iter()
                .map(|((scope, name), _)| ((scope, name.clone()), name))
                .collect()
        }),
        by => order.page(&call.scope, token, |range, direction, limit| {
            let index = match by {
                ProjectSortByType::CreatedTime => &tables.projects_by_creation,
                _ => &tables.projects_by_change,
            };
            let rows = index.range(range, direction, limit);
            rows.into_iter().map(|(at, (_, name))| (at, name)).collect()
        }),
    }?;
    Ok(ListProjectsOutput {
        next_token: next,
        projects: Some(names),
    })
}

struct Order {
    by: ProjectSortByType,
    direction: Direction,
}

/// Positions in the lists: all of one scope lie between `first` and `last`.
trait Position: Key {
    fn first(scope: &Scope) -> Self;
    fn last(scope: &Scope) -> Self;
}

impl Position for (Scope, String) {
    fn first(scope: &Scope) -> Self {
        (scope.clone(), String::new())
    }

    fn last(scope: &Scope) -> Self {
        (scope.clone(), char::MAX.to_string())
    }
}

impl Position for (Scope, Time, String) {
    fn first(scope: &Scope) -> Self {
        (scope.clone(), Time::from_millis(i64::MIN), String::new())
    }

    fn last(scope: &Scope) -> Self {
        (scope.clone(), Time::from_millis(i64::MAX), String::new())
    }
}

type Page = Result<(Vec<String>, Option<String>), InvalidInputException>;

impl Order {
    fn of(input: &ListProjectsInput) -> Self {
        let direction = match input.sort_order {
            Some(SortOrderType::Descending) => Direction::Backward,
            _ => Direction::Forward,
        };
        Self {
            by: input.sort_by.unwrap_or(ProjectSortByType::Name),
            direction,
        }
    }

    fn page<K: Position>(
        &self,
        scope: &Scope,
        token: Option<&str>,
        rows: impl Fn((Bound<K>, Bound<K>), Direction, usize) -> Vec<(K, String)>,
    ) -> Page {
        let binding = format!("ListProjects/{scope:?}/{:?}/{:?}", self.by, self.direction);
        let after = token.map(|token| {
            page::position::<K>(&binding, token).ok_or_else(|| errors::invalid_page(token))
        });
        let range = page::after(
            K::first(scope),
            K::last(scope),
            after.transpose()?,
            self.direction,
        );
        let (rows, next) = page::cut(rows(range, self.direction, PAGE + 1), PAGE, |(at, _)| {
            at.clone()
        });
        let names = rows.into_iter().map(|(_, name)| name).collect();
        Ok((names, next.map(|at| page::token(&binding, &at))))
    }
}
