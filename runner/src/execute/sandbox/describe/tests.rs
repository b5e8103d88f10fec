//! Descriptions that are refused, and the one that is not.

use super::*;

fn pack() -> guest::PackInfo {
    guest::PackInfo {
        name: "acme".into(),
        version: "1.2.0".into(),
        description: "Checks of the shop.".into(),
        checks: vec![check("bloat")],
    }
}

fn check(id: &str) -> guest::CheckInfo {
    guest::CheckInfo {
        id: id.into(),
        title: "Table bloat".into(),
        description: String::new(),
        tags: vec!["storage".into()],
        engines: vec![guest::EngineRequirement {
            engine: context::Engine::Postgresql,
            min_version: None,
        }],
        parameters: vec![parameter("mode")],
        metrics: vec![guest::MetricSpec {
            name: "bloat_ratio".into(),
            description: String::new(),
            unit: "ratio".into(),
            warning: Some("> 20%".into()),
            critical: None,
        }],
        privileges: Vec::new(),
        suggested_interval_seconds: 900,
        free_metrics: false,
    }
}

fn parameter(name: &str) -> guest::ParameterSpec {
    guest::ParameterSpec {
        name: name.into(),
        description: String::new(),
        kind: guest::ParameterKind::Text,
        required: false,
        default: Some(context::ParameterValue::Text("fast".into())),
        choices: vec!["fast".into(), "exact".into()],
    }
}

#[test]
fn a_good_description_is_taken_over() {
    let info = accept(pack()).expect("a good description");
    let check = info.check("bloat").expect("its check");
    assert_eq!(check.engines[0].engine, Engine::Postgresql);
    assert_eq!(check.parameters[0].kind, ParameterKind::Text);
    assert_eq!(check.metrics[0].warning.as_deref(), Some("> 20%"));
}

/// What is changed in a good description, and how.
type Row = (&'static str, fn(&mut guest::PackInfo));

#[test]
fn what_is_refused_says_why() {
    let rows: [Row; 14] = [
        ("our own name", |p| p.name = "checkrun".into()),
        ("a name that leads elsewhere", |p| p.name = "../../x".into()),
        ("no check", |p| p.checks.clear()),
        ("two checks of one id", |p| p.checks.push(check("bloat"))),
        ("201 checks", |p| {
            p.checks = (0..201).map(|n| check(&format!("c{n}"))).collect();
        }),
        ("a threshold of another unit", |p| {
            p.checks[0].metrics[0].warning = Some("> 5MiB".into());
        }),
        ("a metric without a unit", |p| {
            p.checks[0].metrics[0].unit.clear()
        }),
        ("two parameters of one name", |p| {
            p.checks[0].parameters.push(parameter("mode"));
        }),
        ("a default of another kind", |p| {
            p.checks[0].parameters[0].default = Some(context::ParameterValue::Integer(1));
        }),
        ("a default that is no choice", |p| {
            p.checks[0].parameters[0].choices = vec!["exact".into()];
        }),
        ("a default of a required parameter", |p| {
            p.checks[0].parameters[0].required = true;
        }),
        ("choices of a number", |p| {
            p.checks[0].parameters[0].kind = guest::ParameterKind::Number;
            p.checks[0].parameters[0].default =
                Some(context::ParameterValue::Number(f64::INFINITY));
        }),
        ("a default of a folder", |p| {
            p.checks[0].parameters[0].kind = guest::ParameterKind::Folder;
        }),
        ("a description of 17 KiB", |p| {
            p.checks[0].description = "x".repeat(17 * 1024);
        }),
    ];
    let refusals = rows.map(|(what, change)| {
        let mut pack = pack();
        change(&mut pack);
        let problems = accept(pack).expect_err(what);
        format!("{what}:\n  {}", problems.join("\n  "))
    });
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn all_problems_are_told_at_once_but_not_without_end() {
    let mut pack = pack();
    pack.name = "Acme".into();
    pack.checks = vec![check("UPPER"); 30];
    let problems = accept(pack).expect_err("many");
    assert_eq!(problems.len(), SHOWN_PROBLEMS + 1);
    assert_eq!(
        problems.last().map(String::as_str),
        Some("and 12 more problems")
    );
}
