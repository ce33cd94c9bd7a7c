//! `calmline chat`, as a program talks to it.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const FIRST_CALL: &str = "Hi, my furnace quit last night.\nI would like somebody to come and fix it.\nyes\n\
                          Laura Petrakis\nyes\n48 Alder Street\nTomorrow\nno\nno, thank you\n";

fn chat(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_calmline"))
        .current_dir(folder)
        .env_clear()
        .arg("chat")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A call may end before its input does.
    let _closed = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn objects(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_turn_is_one_object_and_the_last_object_is_the_record() {
    let folder = tempfile::tempdir().unwrap();
    let call = ["--json", "--caller", "+1 415 555 0142", "--at", "2026-11-23T10:02"];
    let objects = objects(&chat(folder.path(), &call, FIRST_CALL));
    let (record, turns) = objects.split_last().unwrap();
    assert!(turns.len() > 3);
    for turn in turns {
        for key in ["text", "move", "state", "phase", "open", "asks", "stress", "guard"] {
            assert!(turn.get(key).is_some(), "{key} is missing: {turn}");
        }
    }
    assert_eq!(turns[0]["move"], "greet");
    assert_eq!(turns[0]["state"], "calm");
    assert!(turns[0]["open"].as_array().unwrap().iter().any(|label| label == "name"));
    assert!(record.get("text").is_none());
    assert_eq!(record["business"], "heating");
    assert_eq!(record["caller"], "+14155550142");
    assert_eq!(record["started_at"], "2026-11-23T18:02:00Z", "read in the business's own zone");
    let name = record["intake"].as_array().unwrap().iter().find(|answer| answer["slot"] == "name").unwrap();
    assert_eq!(name["value"], "Laura Petrakis");
    for key in ["diagnosis", "states", "triggers", "promises", "note", "transcript", "mentions"] {
        assert!(record.get(key).is_some(), "{key} is missing");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is kept");
}

#[test]
fn a_seed_and_a_time_make_a_call_and_another_seed_another() {
    let folder = tempfile::tempdir().unwrap();
    let run = |seed: &str| {
        let arguments = ["--json", "--at", "2026-11-23T10:02", "--seed", seed];
        objects(&chat(folder.path(), &arguments, FIRST_CALL)).pop().unwrap()
    };
    assert_eq!(run("1"), run("1"));
    assert_ne!(run("1")["id"], run("2")["id"]);
}

#[test]
fn the_record_of_one_chat_is_the_past_of_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let call = ["--json", "--caller", "+14155550142", "--at", "2026-11-23T10:02"];
    let record = objects(&chat(folder.path(), &call, FIRST_CALL)).pop().unwrap();
    std::fs::write(folder.path().join("first.json"), record.to_string()).unwrap();
    let again = ["--json", "--caller", "+14155550142", "--at", "2026-11-24T10:02", "--earlier", "first.json"];
    let later = objects(&chat(folder.path(), &again, "")).pop().unwrap();
    assert_eq!(later["earlier"], serde_json::json!([record["id"]]));
    assert_eq!(later["cause"], "caller_hung_up", "the end of the input is the end of the call");
}

#[test]
fn what_is_wrong_with_the_arguments_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let error = |arguments: &[&str]| {
        let output = chat(folder.path(), arguments, "");
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let unknown = error(&["--business", "bakery"]);
    assert!(unknown.contains("bakery") && unknown.contains("heating"), "{unknown}");
    assert!(error(&["--at", "soon"]).contains("2026-11-23T10:02"));
    assert!(error(&["--caller", "0142"]).contains("+14155550142"));
    assert!(error(&["--earlier", "none.json"]).contains("none.json"));
}

#[test]
fn for_people_it_reads_as_a_talk_and_what_came_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let call = ["--caller", "+14155550142", "--at", "2026-11-23T10:02"];
    let input = "Hi, my furnace quit last night.\n/dance\n/wait 3\n\n/keys 0\n/hangup\n";
    let output = chat(folder.path(), &call, input);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("BOT     Thank you for calling Fernwood Heating and Plumbing."), "{text}");
    assert!(text.contains("\nCALLER  Hi, my furnace quit last night.\nBOT     "), "{text}");
    assert!(text.contains("the caller hung up"), "{text}");
    assert!(text.contains("asked for a person"), "{text}");
    assert!(text.contains("URGENT"), "{text}");
    assert!(String::from_utf8(output.stderr).unwrap().contains("/keys 123#"));
}
