//! Which item of a phase runs next: `commands` until one fails, then `finally` until one fails.

use super::buildspec::spec::PhaseSpec;
use super::event::Failure;
use crate::sandbox::Exit;

/// Walks through the items of one phase.
#[derive(Clone, Debug)]
pub struct Sequence {
    commands: std::vec::IntoIter<String>,
    finally: std::vec::IntoIter<String>,
    in_finally: bool,
    failure: Option<Failure>,
}

impl Sequence {
    pub fn of(spec: &PhaseSpec) -> Self {
        Self {
            commands: spec.commands.clone().into_iter(),
            finally: spec.finally.clone().into_iter(),
            in_finally: false,
            failure: None,
        }
    }

    /// The item to run now.
    pub fn next_item(&mut self) -> Option<String> {
        if !self.in_finally
            && self.failure.is_none()
            && let Some(command) = self.commands.next()
        {
            return Some(command);
        }
        self.in_finally = true;
        self.finally.next()
    }

    /// The item did not succeed. The first failure is the phase's; one in `finally` ends it.
    pub fn failed(&mut self, failure: Failure) {
        if self.in_finally {
            self.finally = Vec::new().into_iter();
        }
        self.failure.get_or_insert(failure);
    }

    pub fn result(self) -> Result<(), Failure> {
        self.failure.map_or(Ok(()), Err)
    }
}

/// `exit status 3` or `signal: killed`; `None`: the item succeeded.
pub fn reason(exit: Exit) -> Option<String> {
    match exit {
        Exit::Code(0) => None,
        Exit::Code(code) => Some(format!("exit status {code}")),
        Exit::Signal(signal) => Some(format!("signal: {}", signal_name(signal))),
    }
}

fn signal_name(signal: i32) -> String {
    match signal {
        1 => "hangup".to_owned(),
        2 => "interrupt".to_owned(),
        3 => "quit".to_owned(),
        4 => "illegal instruction".to_owned(),
        6 => "aborted".to_owned(),
        7 => "bus error".to_owned(),
        8 => "floating point exception".to_owned(),
        9 => "killed".to_owned(),
        11 => "segmentation fault".to_owned(),
        13 => "broken pipe".to_owned(),
        15 => "terminated".to_owned(),
        other => format!("signal {other}"),
    }
}

/// The context of a failed item, with the customer's own text.
pub fn failure(command: &str, reason: &str) -> Failure {
    Failure::customer(
        "COMMAND_EXECUTION_ERROR",
        format!("Error while executing command: {command}. Reason: {reason}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::build::state::Phase;

    /// Runs a phase whose items fail when they begin with `x`; what ran, and the failed item of the context.
    #[track_caller]
    fn check(commands: &[&str], finally: &[&str], ran: &[&str], failed: Option<&str>) {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let mut sequence = Sequence::of(&PhaseSpec {
            phase: Phase::Build,
            run_as: None,
            on_failure: None,
            runtimes: Vec::new(),
            commands: texts(commands),
            finally: texts(finally),
        });
        let mut order = Vec::new();
        while let Some(item) = sequence.next_item() {
            if item.starts_with('x') {
                sequence.failed(failure(&item, "exit status 1"));
            }
            order.push(item);
        }
        assert_eq!(order, ran);
        let message = sequence
            .result()
            .err()
            .map(|failure| failure.context.message);
        let expected = failed
            .map(|item| format!("Error while executing command: {item}. Reason: exit status 1"));
        assert_eq!(message, expected);
    }

    // Witness: behaviour contract 4.3, 5.4; that `finally` stops at its first failure is our reading.
    #[test]
    fn finally_runs_whatever_the_commands_did() {
        check(&["a", "b"], &["c"], &["a", "b", "c"], None);
        check(
            &["a", "x1", "b"],
            &["c", "d"],
            &["a", "x1", "c", "d"],
            Some("x1"),
        );
        check(&["a"], &["x1", "c"], &["a", "x1"], Some("x1"));
        check(&["x1", "b"], &["x2", "c"], &["x1", "x2"], Some("x1"));
        check(&[], &["c"], &["c"], None);
        check(&[], &[], &[], None);
    }

    // Witness: behaviour contract 4.4, 14.5; the text for signals is our reading.
    #[test]
    fn reasons_are_told_as_aws_does() {
        assert_eq!(reason(Exit::Code(0)), None);
        assert_eq!(reason(Exit::Code(3)).unwrap(), "exit status 3");
        assert_eq!(reason(Exit::Signal(9)).unwrap(), "signal: killed");
        let context = failure("exit 3", "exit status 3").context;
        assert_eq!(context.code, "COMMAND_EXECUTION_ERROR");
        assert_eq!(
            context.message,
            "Error while executing command: exit 3. Reason: exit status 3"
        );
    }
}
