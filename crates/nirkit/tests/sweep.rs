//! A sweep: each row is what `eval` computes, and the table is the same however the tasks were divided or interrupted.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::path::Path;

use nirkit::eval::{Eval, read_labels};
use nirkit::io::Limits;
use nirkit::io::array::write_array;
use nirkit::numerics::Tensor;
use nirkit::sweep::{Plan, Shard, Status, Store, Sweep, Table, Worker, heat_map, keyed};
use nirkit::{Choices, LabelledSet, Stimulus, eval_platforms};
use tempfile::TempDir;

/// Samples of the set.
pub(crate) const SAMPLES: usize = 60;

/// Numbers from 0 to 1, the same in each run.
fn numbers(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1_u64 << 24) as f64
    };
    (0..count).map(|_| next()).collect()
}

/// A folder with a network of two layers, samples, and their classes.
pub(crate) fn network() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let matrix = |rows: usize, columns: usize, seed: u64| {
        let numbers = numbers(rows * columns, seed);
        let rows: Vec<String> = numbers.chunks(columns).map(|row| format!("{row:?}")).collect();
        format!("f32[{}, {columns}] [{}]", rows.len(), rows.join(", "))
    };
    let neurons = |count: usize| {
        format!(
            "LIF {{ tau: f32[{count}] 0.002, r: f32[{count}] 10, v_leak: f32[{count}] 0, v_threshold: f32[{count}] 1, \
             v_reset: f32[{count}] 0 }}"
        )
    };
    let text = format!(
        "nirt 1\ngraph {{\n  i = Input {{ shape: i64[1] [4] }}\n  w = Affine {{ weight: {}, bias: f32[6] 0 }}\n  l = {}\n  u = Affine {{ \
         weight: {}, bias: f32[3] 0 }}\n  m = {}\n  o = Output {{ shape: i64[1] [3] }}\n  i -> w -> l -> u -> m -> o\n}}\n",
        matrix(6, 4, 1),
        neurons(6),
        matrix(3, 6, 2),
        neurons(3)
    );
    fs::write(place("graph.nirt"), text).unwrap();
    let frames = numbers(SAMPLES * 20 * 4, 3).into_iter().map(|n| f32::from(n < 0.3)).collect();
    let frames = Tensor::new(&[SAMPLES, 20, 4], frames).unwrap();
    write_array(place("x.npy"), &frames).unwrap();
    let labels = numbers(SAMPLES, 4).into_iter().map(|number| (number * 3.0) as i64).collect();
    write_array(place("y.npy"), &Tensor::new(&[SAMPLES], labels).unwrap()).unwrap();
    folder
}

/// Two platforms that run the graph, one that refuses it, and the graph itself under two integrators: 20 tasks.
fn plan(folder: &TempDir) -> Plan {
    let plan = r#"
        format = 1
        graphs = ["graph.nirt"]
        platforms = ["norse", "sinabs", "nengo", "clocked"]
        dt = ["1e-4", "0.2ms"]
        reference = "snntorch"
        samples_per_task = 20
        metrics = ["operations", "differences", "energy"]

        [choices]
        integrator = ["euler", "exponential"]

        [[sets]]
        name = "spikes"
        input = "x.npy"
        labels = "y.npy"
        samples = "10:50"
    "#;
    Plan::parse(plan).unwrap().within(folder.path())
}

/// Sinabs alone, with the choices of the file.
fn sinabs_plan(folder: &TempDir) -> Plan {
    let mut plan = plan(folder);
    plan.platforms = vec!["sinabs".to_owned()];
    plan.choices.clear();
    plan
}

fn table(folder: &Path) -> String {
    let table = Table::of(&[folder]).unwrap();
    table.write(folder).unwrap();
    let parquet = nirkit::io::sha256(folder.join("table.parquet")).unwrap().unwrap();
    let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    parquet + "\n" + &text("table.csv") + &text("table.json")
}

#[test]
fn a_row_is_what_an_evaluation_computes() {
    let files = network();
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(&files);
    plan.sets[0].samples = None;
    plan.samples_per_task = Some(25);
    plan.metrics.clear();
    Sweep::new().threads(2).run(&plan, folder.path()).unwrap();
    let table = Table::of(&[folder.path()]).unwrap();
    let graph = nirkit::read(files.path().join("graph.nirt")).unwrap();
    let set = Stimulus::read(files.path().join("x.npy")).unwrap().batched(true);
    let labels = read_labels(files.path().join("y.npy"), &Limits::default()).unwrap();
    let set = LabelledSet::new(set, labels);
    let one = |title: &str, dt: f64, integrator: Option<&str>| {
        let mut choices = Choices::new().dt(dt);
        if let Some(integrator) = integrator {
            choices = choices.set("integrator", integrator);
        }
        eval_platforms(&graph, &[title], &set, &choices, &Eval::new()).unwrap().remove(0)
    };
    assert_eq!(table.entries.len(), 3 * 2 + 2 * 2);
    for entry in &table.entries {
        let dt = if entry.choices["dt"] == "1e-4" { 1e-4 } else { 2e-4 };
        let integrator = entry.choices.get("integrator").map(String::as_str);
        let title = entry.platform.split('@').next().unwrap();
        let found = one(title, dt, integrator);
        let Some(score) = found.score else {
            assert_eq!((entry.status, entry.counts), (Status::Refused, None), "{title}");
            assert_eq!(entry.reasons[0], found.errors[0].message);
            continue;
        };
        let counts = entry.counts.unwrap();
        assert_eq!(entry.accuracy, Some(score.accuracy), "{title} {dt} {integrator:?}");
        assert_eq!((counts.samples, counts.correct), (SAMPLES as u64, Some(score.correct as u64)));
        assert_eq!((counts.silent, counts.ties), (score.silent as u64, score.ties as u64));
        let spikes = counts.output_spikes.unwrap() as f64 / SAMPLES as f64;
        assert_eq!(Some(spikes), score.output_spikes_per_sample);
        let of_reference = one("snntorch", dt, None).score.unwrap();
        let same = score.found.iter().zip(&of_reference.found).filter(|(a, b)| a == b).count();
        assert_eq!(counts.same_class, Some(same as u64), "{title}");
    }
}

#[test]
fn the_table_is_the_same_for_threads_shards_and_folders() {
    let [one, two, three, a, b] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
    let files = network();
    let plan = plan(&files);
    let progress = Sweep::new().run(&plan, one.path()).unwrap();
    assert_eq!((progress.tasks, progress.done, progress.refused), (20, 16, 4));
    let expected = table(one.path());
    assert!(expected.contains("clocked") && expected.lines().count() > 20, "{expected}");
    Sweep::new().threads(2).run(&plan, two.path()).unwrap();
    assert_eq!(table(two.path()), expected);
    for number in 1..=3 {
        let shard = Shard { number, of: 3 };
        let folder = if number == 2 { b.path() } else { a.path() };
        Sweep::new().shard(shard).run(&plan, folder).unwrap();
    }
    Table::of(&[a.path(), b.path()]).unwrap().write(three.path()).unwrap();
    let merged = fs::read_to_string(three.path().join("table.json")).unwrap();
    assert!(expected.ends_with(&merged));
    // Parts of another size are other rows and the same sums.
    let other = tempfile::tempdir().unwrap();
    let plan = Plan { samples_per_task: Some(7), ..plan };
    Sweep::new().threads(2).run(&plan, other.path()).unwrap();
    assert_eq!(fs::read_to_string(one.path().join("table.csv")).unwrap(), {
        table(other.path());
        fs::read_to_string(other.path().join("table.csv")).unwrap()
    });
}

#[test]
fn a_second_start_does_what_is_missing_wherever_the_first_ended() {
    let folder = tempfile::tempdir().unwrap();
    let files = network();
    let plan = plan(&files);
    Sweep::new().run(&plan, folder.path()).unwrap();
    let expected = table(folder.path());
    let rows = folder.path().join("rows.jsonl");
    let whole = fs::read(&rows).unwrap();
    let lines = whole.split(|&byte| byte == b'\n').count() - 1;
    for kept in [0, 1, 500, whole.len() / 2, whole.len() - 1, whole.len()] {
        fs::write(&rows, &whole[..kept]).unwrap();
        let left = whole[..kept].split(|&byte| byte == b'\n').count() - 1;
        let progress = Sweep::new().run(&plan, folder.path()).unwrap();
        assert_eq!((progress.before, progress.done + progress.refused), (left, lines - left));
        let is_cut = kept > 0 && whole[kept - 1] != b'\n';
        assert_eq!(progress.cut, usize::from(is_cut), "{kept}");
        assert_eq!(table(folder.path()), expected);
    }
}

#[test]
fn rows_that_do_not_belong_together_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let files = network();
    let mut plan = sinabs_plan(&files);
    plan.samples_per_task = None;
    Sweep::new().run(&plan, folder.path()).unwrap();
    let rows = folder.path().join("rows.jsonl");
    let text = fs::read_to_string(&rows).unwrap();

    let open = Store::open(folder.path(), Shard::WHOLE).unwrap();
    let said = Sweep::new().run(&plan, folder.path()).unwrap_err().to_string();
    assert!(said.contains("another process writes these rows"), "{said}");
    drop(open);

    let tasks = keyed(plan.tasks(&Limits::default()).unwrap(), &Limits::default()).unwrap();
    let mut row = Worker::default().run(&tasks[0].0).unwrap();
    assert_eq!(row.key, tasks[0].1);
    if let Some(counts) = &mut row.counts {
        counts.correct = Some(0);
    }
    fs::write(&rows, text.clone() + &serde_json::to_string(&row).unwrap() + "\n").unwrap();
    let said = Table::of(&[folder.path()]).unwrap_err().to_string();
    assert!(said.contains("differ"), "{said}");

    fs::write(&rows, text.replace("\"version\":\"0.1.0\"", "\"version\":\"0.0.9\"")).unwrap();
    let said = Sweep::new().run(&plan, folder.path()).unwrap_err().to_string();
    assert!(said.contains("0.0.9"), "{said}");

    fs::write(&rows, "{}\n").unwrap();
    let said = Sweep::new().run(&plan, folder.path()).unwrap_err().to_string();
    assert!(said.contains("line 1 is no row of a sweep"), "{said}");
}

#[test]
fn rows_that_contradict_themselves_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let files = network();
    let plan = sinabs_plan(&files);
    Sweep::new().run(&plan, folder.path()).unwrap();
    let rows = folder.path().join("rows.jsonl");
    let text = fs::read_to_string(&rows).unwrap();
    let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let edits: [(&str, serde_json::Value, &str); 8] = [
        ("/counts/correct", 1_000_000.into(), "more samples than it has"),
        ("/counts/same_output", u64::MAX.into(), "more samples than it has"),
        ("/counts/samples", 0.into(), "other samples than it has"),
        ("/counts", serde_json::Value::Null, "nothing was counted"),
        ("/status", "refused".into(), "something was counted"),
        ("/platform", "norse@1.1.0".into(), "its key is not the hash"),
        ("/samples", vec![0, 20].into(), "its key is not the hash"),
        ("/hashes/graph", "0".repeat(64).into(), "its key is not the hash"),
    ];
    for (place, value, said) in edits {
        let mut row = first.clone();
        *row.pointer_mut(place).unwrap() = value;
        let rest = text.split_once('\n').unwrap().1;
        fs::write(&rows, format!("{row}\n{rest}")).unwrap();
        let error = Table::of(&[folder.path()]).unwrap_err().to_string();
        assert!(
            error.contains("line 1 contradicts itself") && error.contains(said),
            "{place}: {error}"
        );
    }
    fs::write(&rows, &text).unwrap();
    Table::of(&[folder.path()]).unwrap();
    fs::write(&rows, vec![b'x'; 17 << 20]).unwrap();
    let error = Table::of(&[folder.path()]).unwrap_err().to_string();
    assert!(error.contains("line 1 has 16777216 bytes or more"), "{error}");
}

#[test]
fn everything_that_is_wrong_with_a_plan_is_said_at_once() {
    let plan = Plan::parse(
        r#"
        format = 1
        graphs = ["none.nir"]
        platforms = ["norze"]
        dt = ["1 hour"]
        readout = ["counts"]

        [choices]
        integrater = ["euler"]
        quantize = ["chanel"]

        [[sets]]
        input = "none.npy"
        "#,
    );
    let error = plan.unwrap().tasks(&Limits::default()).unwrap_err();
    let said = format!("{:?}", error.reasons());
    for part in [
        "norze",
        "1 hour",
        "counts",
        "integrater",
        "none.nir",
        "none.npy",
        "did you mean `integrator`",
        "chanel",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    for (plan, part) in [
        ("format = 2\ngraphs = []\nplatforms = []\nsets = []", "the form 2"),
        ("format = 1\ngraph = []\nplatforms = []\nsets = []", "graph"),
        ("format = 1\ngraphs = 3\nplatforms = []\nsets = []", "sequence"),
        ("format = ", "format"),
    ] {
        let said = Plan::parse(plan).unwrap_err().to_string();
        assert!(said.contains(part), "{said}");
    }
    let none = Plan::parse("format = 1\ngraphs = []\nplatforms = []\nsets = []").unwrap();
    assert!(none.tasks(&Limits::default()).unwrap_err().to_string().contains("no tasks"));
    let files = network();
    for samples in ["5:5", "7:3", "x", "-1:4", "1:2:3"] {
        let mut plan = self::plan(&files);
        plan.sets[0].samples = Some(samples.to_owned());
        let said = plan.tasks(&Limits::default()).unwrap_err().to_string();
        assert!(said.contains("no range of samples"), "{samples}: {said}");
    }
}

#[test]
fn a_table_has_the_lines_of_its_plan_and_no_other_rows() {
    let files = network();
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(&files);
    plan.platforms = vec!["lava".to_owned()];
    plan.choices.clear();
    plan.dt.truncate(1);
    plan.metrics.clear();
    let of = |plan: &Plan| {
        Sweep::new().run(plan, folder.path()).unwrap();
        Table::of(&[folder.path()]).unwrap()
    };
    let first = of(&plan);
    assert_eq!(first.entries[0].counts.unwrap().samples, 40);
    // Parts of another size, and other samples, in the same folder.
    plan.samples_per_task = Some(13);
    assert_eq!(of(&plan).entries[0].counts, first.entries[0].counts);
    plan.sets[0].samples = Some("0:30".to_owned());
    assert_eq!(of(&plan).entries[0].counts.unwrap().samples, 30);
    // The same content under two names: a line each, with all samples.
    fs::copy(files.path().join("graph.nirt"), files.path().join("copy.nirt")).unwrap();
    plan.graphs.push(files.path().join("copy.nirt"));
    let mut set = plan.sets[0].clone();
    (set.name, set.samples) = (Some("more".to_owned()), Some("0:60".to_owned()));
    plan.sets.push(set);
    let found = of(&plan);
    let lines: Vec<_> = { found.entries.iter() }
        .map(|entry| (entry.graph.as_str(), entry.set.as_str(), entry.counts.unwrap().samples))
        .collect();
    let expected = [
        ("graph.nirt", "spikes", 30),
        ("graph.nirt", "more", 60),
        ("copy.nirt", "spikes", 30),
        ("copy.nirt", "more", 60),
    ];
    assert_eq!(lines, expected);
    // A graph that changed: the old rows are none of the table's.
    let text = fs::read_to_string(files.path().join("copy.nirt")).unwrap();
    fs::write(files.path().join("copy.nirt"), text.replace("f32[3] 10", "f32[3] 20")).unwrap();
    let changed = of(&plan);
    assert_eq!(changed.entries[..2], found.entries[..2]);
    assert_eq!(changed.entries.len(), 4);
    assert_ne!(changed.entries[3].counts, found.entries[3].counts);
}

#[test]
fn parts_of_other_plans_and_missing_parts_are_not_merged() {
    let files = network();
    let [a, b] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
    let plan = plan(&files);
    let part = |plan: &Plan, number, folder: &TempDir| {
        Sweep::new().shard(Shard { number, of: 2 }).run(plan, folder.path()).unwrap();
    };
    part(&plan, 1, &a);
    let said = Table::of(&[a.path()]).unwrap_err().to_string();
    assert!(said.contains("10 of 20 tasks of the plan have no row"), "{said}");
    let other = Plan { dt: vec!["0.3ms".to_owned()], ..plan.clone() };
    part(&other, 2, &b);
    let said = Table::of(&[a.path(), b.path()]).unwrap_err().to_string();
    assert!(said.contains("rows of another plan"), "{said}");
    part(&plan, 2, &b);
    let merged = Table::of(&[a.path(), b.path()]).unwrap();
    assert_eq!(merged, Table::of(&[b.path(), a.path()]).unwrap());
}

#[test]
fn choices_belong_to_a_platform_or_to_the_reference() {
    let files = network();
    let mut plan = plan(&files);
    plan.samples_per_task = None;
    plan.dt.truncate(1);
    plan.platforms = vec!["lava".to_owned()];
    let both = Plan { dt: vec!["1e-4".to_owned(), "2e-4".to_owned()], ..plan.clone() };
    let both = Plan { platforms: vec!["snntorch".to_owned()], ..both };
    let both = Plan { choices: BTreeMap::new(), reference: None, ..both };
    // The step of snnTorch is written into its code.
    assert_eq!(both.tasks(&Limits::default()).unwrap().len(), 1);
    // The reference has the integrators, so the agreement with it depends on them.
    plan.reference = Some("clocked".to_owned());
    assert_eq!(plan.tasks(&Limits::default()).unwrap().len(), 2);
    plan.reset = vec!["zero".to_owned(), "subtract".to_owned()];
    plan.reference = Some("snntorch".to_owned());
    plan.spike = vec!["impulse:1e-4".to_owned()];
    let said = plan.tasks(&Limits::default()).unwrap_err();
    let said = format!("{:?}", said.reasons());
    for name in ["integrator", "reset", "spike"] {
        assert!(
            said.contains(&format!("no platform of the plan has the choice `{name}`")),
            "{said}"
        );
    }
    plan.platforms.push("lava@0.10.0".to_owned());
    plan.sets.push(plan.sets[0].clone());
    plan.graphs.push(plan.graphs[0].clone());
    let said = format!("{:?}", plan.tasks(&Limits::default()).unwrap_err().reasons());
    for part in
        ["two sets are called `spikes`", "graph.nirt is named twice", "lava@0.10.0 is named twice"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_map_has_a_row_for_each_platform_and_a_column_for_each_combination() {
    let files = network();
    let folder = tempfile::tempdir().unwrap();
    Sweep::new().threads(2).run(&plan(&files), folder.path()).unwrap();
    let table = Table::of(&[folder.path()]).unwrap();
    let drawn = heat_map(&table).unwrap();
    for name in ["norse@1.1.0", "sinabs@2.0.3", "dt 0.2ms, integrator exponential", "accuracy"] {
        assert!(drawn.contains(name), "{name}: {drawn}");
    }
    // Norse has no integrator: its numbers stand in the columns of both.
    let shares = |platform: &str| {
        table.entries.iter().filter(|entry| entry.platform.starts_with(platform)).count()
    };
    assert!(shares("clocked") > shares("norse"));
    let maps = drawn.matches("font-weight=\"bold\"").count();
    let cells = drawn.matches(" %</text>").count() - 2;
    let rows = 4;
    let columns = 4;
    assert_eq!(cells + drawn.matches(">refused</text>").count(), maps * rows * columns, "{drawn}");
    let nothing = Table { entries: Vec::new(), ..table };
    assert!(heat_map(&nothing).unwrap_err().to_string().contains("neither an accuracy"));
}

#[test]
fn values_that_are_given_twice_in_whatever_words_are_refused() {
    let files = network();
    let again = files.path().join(".").join("graph.nirt");
    let plan = Plan {
        dt: vec!["0.1ms".to_owned(), "1e-4".to_owned()],
        readout: vec!["count".to_owned(), " count".to_owned()],
        choices: BTreeMap::from([("integrator".to_owned(), vec!["euler".to_owned(); 2])]),
        ..plan(&files)
    };
    let plan = Plan { graphs: [plan.graphs.clone(), vec![again]].concat(), ..plan };
    let said = format!("{:?}", plan.tasks(&Limits::default()).unwrap_err().reasons());
    for part in [
        "dt: the value 0.0001 is given twice",
        "readout: the value count is given twice",
        "integrator: the value euler is given twice",
        "graph.nirt is named twice",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn what_a_platform_does_not_count_is_no_failure() {
    let files = network();
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(&files);
    plan.platforms = vec!["ideal".to_owned(), "norse".to_owned()];
    plan.choices.clear();
    plan.dt.truncate(1);
    let progress = Sweep::new().run(&plan, folder.path()).unwrap();
    assert_eq!((progress.done, progress.failed), (4, 0));
    let table = Table::of(&[folder.path()]).unwrap();
    let counts: Vec<_> = table.entries.iter().map(|entry| entry.counts.unwrap()).collect();
    assert!(counts[0].spikes.is_none() && counts[0].correct.is_some());
    assert!(counts[1].spikes.is_some());
    assert!(
        table.entries[0].notes.iter().any(|note| note.contains("counts no synaptic operations"))
    );
}

#[test]
fn classes_that_a_file_states_are_taken() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let folder = tempfile::tempdir().unwrap();
    let plan = "format = 1\ngraphs = [\"shd.nirt\"]\nplatforms = [\"norse\"]\ndt = [\"1ms\"]\nsamples_per_task = \
                5\n[[sets]]\ninput = \"shd.h5\"\n";
    let plan = Plan::parse(plan).unwrap().within(&examples);
    let progress = Sweep::new().run(&plan, folder.path()).unwrap();
    assert_eq!((progress.tasks, progress.done), (3, 3));
    let entry = Table::of(&[folder.path()]).unwrap().entries.remove(0);
    let (path, limits) = (examples.join("shd.h5"), Limits::default());
    let like = Stimulus::new().batched(true);
    let set = LabelledSet::of_spike_lists(None, &path, None, &like, &limits).unwrap().unwrap();
    let graph = nirkit::read(examples.join("shd.nirt")).unwrap();
    let choices = Choices::new().dt(1e-3);
    let found = eval_platforms(&graph, &["norse"], &set, &choices, &Eval::new()).unwrap().remove(0);
    let score = found.score.unwrap();
    assert_eq!(entry.accuracy, Some(score.accuracy));
    assert_eq!(entry.counts.unwrap().samples, score.samples as u64);
}

#[test]
fn a_chip_is_run_with_the_quantisations_that_it_has() {
    let files = network();
    let mut plan = plan(&files);
    plan.platforms = vec!["xylo".to_owned(), "loihi2".to_owned(), "norse".to_owned()];
    plan.samples_per_task = None;
    plan.dt.truncate(1);
    plan.choices.clear();
    let values = ["channel", "global", "layer"].map(str::to_owned);
    plan.choices.insert("quantize".to_owned(), values.to_vec());
    let tasks = plan.tasks(&Limits::default()).unwrap();
    let found: Vec<(&str, Option<&str>)> = tasks
        .iter()
        .map(|task| (task.platform.as_str(), task.choices.get("quantize").map(String::as_str)))
        .collect();
    let expected = [
        ("xylo", Some("channel")),
        ("xylo", Some("global")),
        ("loihi2", Some("layer")),
        ("norse", None),
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_fails_is_a_row_and_runs_again_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let files = network();
    let mut plan = plan(&files);
    plan.samples_per_task = None;
    plan.platforms = vec!["sinabs".to_owned()];
    plan.choices.clear();
    plan.dt.truncate(1);
    plan.sets[0].samples = Some("50:70".to_owned());
    let progress = Sweep::new().run(&plan, folder.path()).unwrap();
    assert_eq!((progress.failed, progress.done), (1, 0));
    let entry = Table::of(&[folder.path()]).unwrap().entries.remove(0);
    assert_eq!(entry.status, Status::Failed);
    assert!(entry.reasons[0].contains("50:70 of 60"), "{:?}", entry.reasons);
    let again = Sweep::new().run(&plan, folder.path()).unwrap();
    assert_eq!((again.before, again.failed), (1, 0));
    let again = Sweep::new().retry_failed(true).run(&plan, folder.path()).unwrap();
    assert_eq!((again.before, again.failed), (0, 1));
}

#[test]
fn rows_behind_a_line_that_was_cut_off_begin_a_line_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let files = network();
    let plan = sinabs_plan(&files);
    Sweep::new().run(&plan, folder.path()).unwrap();
    let rows = folder.path().join("rows.jsonl");
    let file = OpenOptions::new().write(true).open(&rows).unwrap();
    file.set_len(fs::metadata(&rows).unwrap().len() - 40).unwrap();
    Sweep::new().run(&plan, folder.path()).unwrap();
    let text = fs::read_to_string(&rows).unwrap();
    assert!(text.ends_with('\n'));
    assert!(text.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
}
