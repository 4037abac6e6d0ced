//! Drivers that do not behave end with an error that says what is wrong.

use std::time::{Duration, Instant};

use nirkit_conform::suite::{Case, Suite};
use nirkit_conform::{Driver, DriverError, Process, ProcessLimits, ask, run};

fn case() -> Case {
    Suite::make(|name| name == "lif_normal_1", |_, _| ()).unwrap().cases.remove(0)
}

/// A driver that is a script of the shell.
fn script(text: &str) -> Process {
    let limits = ProcessLimits {
        start: Duration::from_secs(2),
        answer: Duration::from_millis(400),
        bytes: 1 << 16,
    };
    Process::new(&format!("sh -c '{text}'"), limits).unwrap()
}

const HELLO: &str = r#"read q; echo "{\"name\": \"x\"}"; "#;

fn error(text: &str) -> DriverError {
    ask(&mut script(text), &case()).unwrap_err()
}

#[test]
fn a_driver_that_never_answers_is_ended() {
    let begun = Instant::now();
    let error = error(&format!("{HELLO} sleep 100"));
    assert!(matches!(error, DriverError::Silent { .. }), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_driver_that_floods_is_ended() {
    let error = error(&format!(
        "{HELLO} read q; while true; do printf xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done"
    ));
    assert!(matches!(error, DriverError::Flood { most: 65536 }), "{error}");
}

#[test]
fn a_driver_that_writes_lines_without_end_is_read_once_for_each_question() {
    let error = error(&format!("{HELLO} while true; do echo \"{{}}\"; done"));
    assert!(matches!(error, DriverError::Unreadable { .. }), "{error}");
}

#[test]
fn what_is_no_json_is_told() {
    let error = error(&format!("{HELLO} read q; echo Traceback: no"));
    assert!(error.to_string().contains("begins with `Traceback: no`"), "{error}");
}

#[test]
fn a_driver_that_dies_says_its_last_words() {
    let error = error(&format!("{HELLO} read q; echo the module is missing >&2; exit 3"));
    assert!(
        error.to_string().contains("the module is missing") && error.to_string().contains('3'),
        "{error}"
    );
}

#[test]
fn an_answer_to_another_question_is_told() {
    let error =
        error(&format!("{HELLO} read q; echo \"{{\\\"id\\\": 9, \\\"refused\\\": \\\"no\\\"}}\""));
    assert!(error.to_string().contains("question 9"), "{error}");
}

#[test]
fn a_driver_that_is_not_there_is_told() {
    let mut driver = Process::new("/no/such/driver", ProcessLimits::default()).unwrap();
    assert!(matches!(driver.hello(), Err(DriverError::Start { .. })));
    assert!(Process::new("  ", ProcessLimits::default()).is_err());
}

#[test]
fn a_driver_that_fails_again_and_again_ends_the_score() {
    let suite = Suite::make(|name| name.starts_with("lif_normal"), |_, _| ()).unwrap();
    let error = run(&mut script("exit 1"), &suite, |_, _| ()).unwrap_err();
    assert!(matches!(error, DriverError::Ended { .. }), "{error}");
    // It starts, and never answers a question.
    let error = run(&mut script(&format!("{HELLO} exit 0")), &suite, |_, _| ()).unwrap_err();
    assert!(matches!(error, DriverError::Ended { .. }), "{error}");
}

#[test]
fn a_refusal_of_a_process_is_no_error() {
    let text =
        format!("{HELLO} read q; echo \"{{\\\"id\\\": 1, \\\"refused\\\": \\\"too large\\\"}}\"");
    let reply = ask(&mut script(&text), &case()).unwrap();
    assert_eq!(reply, nirkit_conform::Reply::Refused("too large".to_owned()));
}
