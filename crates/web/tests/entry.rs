//! Messages as bytes.

use nirkit_web::entry::answer;

fn message(json: &str, bytes: &[u8]) -> Vec<u8> {
    let length = |len: usize| u32::try_from(len).unwrap().to_le_bytes();
    [&length(json.len())[..], &length(bytes.len()), json.as_bytes(), bytes].concat()
}

/// The JSON of an answer.
fn told(answer: &[u8]) -> String {
    let length = u32::from_le_bytes(answer[..4].try_into().unwrap()) as usize;
    String::from_utf8(answer[8..8 + length].to_vec()).unwrap()
}

#[test]
fn a_message_is_answered_by_a_message() {
    let platforms = answer(message("{\"do\": \"platforms\"}", &[]));
    assert!(told(&platforms).contains("\"norse\""));
}

#[test]
fn messages_with_wrong_lengths_are_refused() {
    for wrong in [vec![], vec![1; 7], vec![255; 8], message("{}", &[])[..9].to_vec()] {
        assert!(told(&answer(wrong)).contains("this is no request"));
    }
}
