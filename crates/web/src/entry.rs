//! Messages through the memory of the WebAssembly module.
//!
//! A message is two lengths (32 bits, little endian), JSON of the first length and bytes of the second. JavaScript asks for
//! room with [`nirkit_message`], writes a message there, and gets the address of the answer, a message too, from
//! [`nirkit_answer`]. If a call ends in a trap, [`nirkit_fault`] has the reason.
#![allow(unsafe_code, reason = "exported functions have names that must be unique in the module")]

use std::sync::{Mutex, PoisonError};

use crate::answer::Answer;
use crate::app::App;

static APP: Mutex<Option<App>> = Mutex::new(None);
static MESSAGE: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static FAULT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Bytes of the two lengths before a message.
const HEAD: usize = 8;

/// Makes room for a message of so many bytes, and returns its address; 0 if there is no memory for it.
#[unsafe(no_mangle)]
pub extern "C" fn nirkit_message(len: usize) -> *mut u8 {
    std::panic::set_hook(Box::new(|panic| {
        if let Ok(mut fault) = FAULT.try_lock() {
            let text = panic.to_string();
            *fault = [&length(text.len())[..], text.as_bytes()].concat();
        }
    }));
    let mut message = MESSAGE.lock().unwrap_or_else(PoisonError::into_inner);
    message.clear();
    if message.try_reserve_exact(len).is_err() {
        return std::ptr::null_mut();
    }
    message.resize(len, 0);
    message.as_mut_ptr()
}

/// Answers the message, and returns the address of the answer. It stays until the next message.
#[unsafe(no_mangle)]
pub extern "C" fn nirkit_answer() -> *const u8 {
    let message = std::mem::take(&mut *MESSAGE.lock().unwrap_or_else(PoisonError::into_inner));
    let answer = answer(message);
    let mut message = MESSAGE.lock().unwrap_or_else(PoisonError::into_inner);
    *message = answer;
    message.as_ptr()
}

/// Returns the address of the reason of a trap: a length (32 bits, little endian) and text in UTF-8; no bytes without a trap.
#[unsafe(no_mangle)]
pub extern "C" fn nirkit_fault() -> *const u8 {
    FAULT.lock().unwrap_or_else(PoisonError::into_inner).as_ptr()
}

/// The answer to a message, as a message.
#[must_use]
pub fn answer(message: Vec<u8>) -> Vec<u8> {
    let mut app = APP.lock().unwrap_or_else(PoisonError::into_inner);
    let app = app.get_or_insert_default();
    let answer = match parted(message) {
        Some((request, bytes)) => app.meet_json(&request, bytes),
        None => app.meet_json(b"", Vec::new()),
    };
    packed(&answer)
}

/// JSON and bytes of a message; `None` if its lengths are wrong.
fn parted(mut message: Vec<u8>) -> Option<(Vec<u8>, Vec<u8>)> {
    let length = |at: usize| {
        let bytes = message.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(bytes)).ok()
    };
    let end = HEAD.checked_add(length(0)?)?;
    if end.checked_add(length(4)?)? != message.len() {
        return None;
    }
    let bytes = message.split_off(end);
    Some((message.split_off(HEAD), bytes))
}

fn packed(answer: &Answer) -> Vec<u8> {
    let told = answer.told.to_string();
    [&length(told.len())[..], &length(answer.bytes.len()), told.as_bytes(), &answer.bytes].concat()
}

fn length(len: usize) -> [u8; 4] {
    u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes()
}
