//! Drivers that cheat score as such.

use std::collections::BTreeMap;

use nirkit_conform::suite::Suite;
use nirkit_conform::{Answer, Array, Class, Function, Question, Reply, Scored, run};

fn suite() -> Suite {
    let wanted = |name: &str| {
        ["lif_normal", "if_normal", "skip", "nested", "two_", "refuse_tau", "conv2d_1", "li_normal"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
    };
    Suite::make(wanted, |_, _| ()).unwrap()
}

fn score(suite: &Suite, reply: impl FnMut(&Question<'_>) -> Reply) -> Scored {
    let mut reply = reply;
    let mut driver = Function::new("cheat", |question: &Question<'_>| Ok(reply(question)));
    run(&mut driver, suite, |_, _| ()).unwrap()
}

fn count(scored: &Scored, class: Class) -> usize {
    scored.totals(None).classes.get(&class).copied().unwrap_or(0)
}

#[test]
fn cheats_are_seen() {
    let suite = suite();
    let refusals = suite.cases.iter().filter(|case| case.name.starts_with("refuse")).count();
    let runs = suite.cases.len() - refusals;

    let refuser = score(&suite, |_| Reply::Refused("no".to_owned()));
    assert_eq!(count(&refuser, Class::Refused), runs);
    assert_eq!(count(&refuser, Class::Equal), refusals);

    let shaped = |suite: &Suite, question: &Question<'_>, fill: &dyn Fn(&mut Array)| {
        let case =
            suite.cases.iter().find(|case| std::ptr::eq(&raw const case.graph, question.graph));
        let mut outputs = BTreeMap::new();
        for name in question.outputs() {
            let shape = case.and_then(|case| match &case.expected {
                nirkit_conform::suite::Expected::Answers(answers) => {
                    answers.exact.outputs.get(&name).map(|array| array.shape.clone())
                }
                nirkit_conform::suite::Expected::Refusal(_) => None,
            });
            let mut array = Array::zeros(&shape.unwrap_or_else(|| vec![question.steps, 1]));
            fill(&mut array);
            outputs.insert(name, array);
        }
        Reply::Answered(Answer { outputs, ..Answer::default() })
    };
    let silent = score(&suite, |question| shaped(&suite, question, &|_| ()));
    assert!(
        count(&silent, Class::SilentlyWrong) * 10 >= suite.cases.len() * 9,
        "{:?}",
        silent.totals(None)
    );
    assert!(silent.totals(None).score < -70.0);

    let busy = score(&suite, |question| shaped(&suite, question, &|array| array.values.fill(1.0)));
    assert_eq!(count(&busy, Class::SilentlyWrong), suite.cases.len());

    let echo = score(&suite, |question| {
        let outputs = question.outputs().into_iter().map(|name| {
            let input = question.inputs.values().next().unwrap();
            (name, Array::of_tensor(input).unwrap())
        });
        Reply::Answered(Answer { outputs: outputs.collect(), ..Answer::default() })
    });
    assert_eq!(count(&echo, Class::SilentlyWrong), suite.cases.len(), "{:?}", echo.totals(None));
}

#[test]
fn a_difference_that_is_told_is_not_silent() {
    let suite = suite();
    let told = score(&suite, |question| {
        let outputs =
            question.outputs().into_iter().map(|name| (name, Array::zeros(&[question.steps, 1])));
        let told = vec!["the layer is left out".to_owned()];
        Reply::Answered(Answer { outputs: outputs.collect(), told, ..Answer::default() })
    });
    assert_eq!(count(&told, Class::SilentlyWrong), 0);
    assert!(count(&told, Class::Wrong) > suite.cases.len() / 2);
}
