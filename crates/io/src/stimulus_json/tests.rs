//! Spikes and currents out of JSON, and what is refused.

use super::*;

fn fault(text: &str) -> String {
    read_stimulus_json_bytes(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn spikes_and_currents_are_read() {
    let text = r#"{"T": 0.1, "inputs": {
        "in": {"shape": [2], "kind": "spikes", "spikes": [[0.01, 0], [0.03, 1]]},
        "bias": {"shape": [1, 2], "kind": "current", "breakpoints": [0, 0.05],
                 "values": [[[1.5, 2]], [0, -1]]}}}"#;
    let stimulus = read_stimulus_json_bytes(text.as_bytes()).unwrap();
    assert_eq!(stimulus.inputs["in"].shape, [2]);
    let Course::Spikes(spikes) = &stimulus.inputs["in"].course else { panic!() };
    assert_eq!(spikes[1], Event { time: 0.03, neuron: 1 });
    let Course::Current { breakpoints, values } = &stimulus.inputs["bias"].course else { panic!() };
    assert_eq!(breakpoints, &[0.0, 0.05]);
    assert_eq!(values, &[[1.5, 2.0], [0.0, -1.0]]);
}

#[test]
fn a_mark_of_the_order_of_bytes_is_passed_over() {
    let text = [BOM, br#"{"T": 0.5, "inputs": {}}"#].concat();
    assert_eq!(read_stimulus_json_bytes(&text).unwrap().duration, 0.5);
    let wide: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(read_stimulus_json_bytes(&wide).unwrap_err().to_string().contains("UTF-8"));
}

#[test]
fn decimals_become_the_nearest_double() {
    // A decimal on which a reader that rounds twice is wrong by one unit in the last place.
    let text = r#"{"T": 0.30000000000000004, "inputs": {}}"#;
    assert_eq!(
        read_stimulus_json_bytes(text.as_bytes()).unwrap().duration.to_bits(),
        0x3fd3_3333_3333_3334
    );
}

#[test]
fn every_fault_is_named_with_its_place() {
    let spikes = |spikes: &str| {
        format!(r#"{{"T":1,"inputs":{{"a":{{"shape":[2],"kind":"spikes","spikes":{spikes}}}}}}}"#)
    };
    assert!(fault(&spikes("[[0.5,1],[0.5,2]]")).starts_with("/inputs/a/spikes[1]: "));
    assert!(fault(&spikes("[[-1,0]]")).contains("found -1"));
    for (spike, expected) in [
        ("[[0.5,0.5]]", "floating point `0.5`, expected a whole number from 0 on at line 1"),
        ("[[0.5,-1]]", "integer `-1`, expected a whole number from 0 on at line 1"),
        ("[[\"x\",1]]", "string \"x\", expected a number at line 1"),
        ("[[0.5]]", "expected a spike: [time, channel]"),
        ("[3]", "integer `3`, expected a spike: [time, channel]"),
    ] {
        let said = fault(&spikes(spike));
        assert!(said.contains(expected), "{said}");
    }
    for text in ["null", "[]", "3"] {
        let said = fault(text);
        assert!(said.contains("expected an object with `T` and `inputs`"), "{said}");
    }
    assert_eq!(fault(" "), "the file is empty");
    assert_eq!(fault("{\"T\": 1"), "the file ends within its JSON, at line 1 column 7");
    let current = |rest: &str| {
        format!(r#"{{"T":1,"inputs":{{"a":{{"shape":[1],"kind":"current",{rest}}}}}}}"#)
    };
    let text = current(r#""breakpoints":[0,0],"values":[[1],[2]]"#);
    assert!(fault(&text).starts_with("/inputs/a/breakpoints[1]: "));
    let text = current(r#""breakpoints":[0],"values":[[1,2]]"#);
    assert!(fault(&text).contains("2 numbers for 1 channels"));
    let text = current(r#""breakpoints":[0],"values":["x"]"#);
    assert!(fault(&text).contains("no number for each channel"), "{}", fault(&text));
    let text = current(r#""breakpoints":[0],"values":[]"#);
    assert!(fault(&text).contains("0 for 1 breakpoints"));
}
