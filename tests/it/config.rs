use std::path::Path;

use calmline::config::{Config, ConfigError};
use calmline::domain::{FieldKind, StressPolicy};
use jiff::civil::date;
use tempfile::TempDir;

const EXAMPLE: &str = include_str!("../../config/businesses/heating.toml");

/// A folder with this main file and these profiles.
fn folder(main: &str, businesses: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("calmline.toml"), main).unwrap();
    std::fs::create_dir(folder.path().join("businesses")).unwrap();
    for (name, text) in businesses {
        std::fs::write(folder.path().join("businesses").join(name), text).unwrap();
    }
    folder
}

fn load(folder: &TempDir) -> Result<Config, ConfigError> {
    Config::load(Some(&folder.path().join("calmline.toml")))
}

/// The problems of a configuration, one per line, without the folder.
fn problems(main: &str, businesses: &[(&str, &str)]) -> Vec<String> {
    let folder = folder(main, businesses);
    let error = load(&folder).expect_err("the configuration is wrong");
    let prefix = format!("{}/", folder.path().display());
    error.problems().iter().map(|problem| problem.to_string().replace(&prefix, "")).collect()
}

#[test]
fn the_defaults_and_the_example_businesses_are_whole() {
    let config = Config::built_in().unwrap();
    assert_eq!(config.server.public_url, None);
    assert!(config.server.listen.ip().is_loopback());
    let ids: Vec<&str> = config.businesses.iter().map(|business| &*business.id.0).collect();
    assert_eq!(ids, ["heating", "dental", "law"]);
    let business = &config.businesses[0];
    assert_eq!(business.numbers[0].expose(), "+14155550100");
    assert_eq!(business.hours.on(date(2026, 11, 23)).len(), 2);
    assert!(business.hours.on(date(2026, 11, 22)).is_empty(), "Sunday is closed");
    assert!(business.hours.on(date(2026, 12, 25)).is_empty(), "a holiday is closed");
    assert_eq!(business.fields[0].kind, FieldKind::Text);
    assert_eq!(business.callback.urgent_owner, "our duty technician");
    assert_eq!(business.stress, Some(StressPolicy::default()));
}

#[test]
fn the_shipped_folder_is_itself_a_configuration() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/default.toml");
    let config = Config::load(Some(&shipped)).unwrap();
    assert_eq!(config.businesses.len(), 3);
    assert_eq!(config.warnings, []);
}

#[test]
fn in_a_container_it_listens_to_the_outside_and_keeps_calls_on_the_volume() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = Config::load(Some(&root.join("config/container.toml"))).unwrap();
    assert!(config.server.listen.ip().is_unspecified());
    let dockerfile = std::fs::read_to_string(root.join("Dockerfile")).unwrap();
    let volume = dockerfile.lines().find_map(|line| line.strip_prefix("VOLUME ")).unwrap();
    assert!(config.store.path.starts_with(volume));
    assert!(dockerfile.contains(&format!("EXPOSE {}\n", config.server.listen.port())));
}

#[test]
fn a_file_is_laid_over_the_defaults_and_its_paths_are_relative_to_it() {
    let main = "[server]\nmax_calls = 3\n[voice]\nspeed = 1\n[store]\npath = \"data/calls.db\"";
    let folder = folder(main, &[("fernwood.toml", EXAMPLE)]);
    let config = load(&folder).unwrap();
    assert_eq!(config.server.max_calls.get(), 3);
    assert!((config.voice.speed - 1.0).abs() < f32::EPSILON);
    assert_eq!(config.hearing.model, "whisper-tiny.en");
    assert_eq!(config.store.path, folder.path().join("data/calls.db"));
    assert_eq!(config.businesses[0].id.0, "fernwood");
}

#[test]
fn every_wrong_key_of_a_file_is_named_with_its_line_and_what_was_expected() {
    let main =
        "\n[server]\nlisten = \"nowhere\"\nmax_calls = \"many\"\n\n[hearing]\nmodle = \"base\"\n[ear]\n";
    let found = problems(main, &[("heating.toml", EXAMPLE)]);
    assert_eq!(
        found,
        [
            "calmline.toml:8: ear: unknown key; expected one of `businesses`, `hearing`, `log`, `model`, \
             `notify`, `server`, `store`, `twilio`, `voice`",
            "calmline.toml:7: hearing.modle: unknown key; expected one of `model`, `queue`, \
             `threads_per_worker`, `workers`",
            "calmline.toml:4: server.max_calls: expected a whole number, found a text in quotes",
            "calmline.toml:3: server.listen: expected an address and a port such as 127.0.0.1:8080",
        ]
    );
}

#[test]
fn values_out_of_range_are_named_with_their_line() {
    let main = "[server]\nmax_calls = 0\n[voice]\nspeed = 9.0\n[twilio]\napi_base_url = \"twilio\"\n[log]\nformat = \"xml\"";
    let found = problems(main, &[("heating.toml", EXAMPLE)]);
    assert!(found[0].starts_with("calmline.toml:2: server.max_calls: "), "{found:?}");
    assert!(
        found[1].starts_with("calmline.toml:6: twilio.api_base_url: `twilio` is no web address"),
        "{found:?}"
    );
    assert_eq!(found[2], "calmline.toml:4: voice.speed: expected a speed from 0.5 to 2.0");
    assert_eq!(found[3], "calmline.toml:8: log.format: unknown variant `xml`, expected `text` or `json`");
}

#[test]
fn text_that_is_not_toml_is_named_with_its_line() {
    let found = problems("[server]\nlisten = \n", &[("heating.toml", EXAMPLE)]);
    assert!(found[0].starts_with("calmline.toml:2: not TOML: "), "{found:?}");
}

#[test]
fn a_profile_with_an_unknown_or_a_missing_key_is_refused() {
    let typo = EXAMPLE.replace("within_minutes = 120", "witin_minutes = 120");
    let short = EXAMPLE.replace("name = \"Fernwood Heating and Plumbing\"\n", "");
    let found = problems("", &[("a.toml", &typo), ("b.toml", &short)]);
    let line = 1 + typo.lines().position(|line| line.starts_with("witin")).unwrap();
    assert_eq!(
        found[0],
        format!(
            "businesses/a.toml:{line}: callback.witin_minutes: unknown field `witin_minutes`, expected one of \
             `owner`, `within_minutes`, `urgent_owner`, `urgent_within_minutes`, `urgent_at_any_hour`"
        )
    );
    assert_eq!(found[1], "businesses/b.toml: missing field `name`");
}

#[test]
fn every_wrong_value_of_a_profile_is_named() {
    let wrong = EXAMPLE
        .replace("+14155550101", "555-0101")
        .replace("America/Los_Angeles", "America/Fernwood")
        .replace("region = \"US\"", "region = \"XX\"")
        .replace("greeting_closed = \"", "greeting_closed = \" \"#")
        .replace("[\"09:00-12:00\"]", "[\"9 to 12\"]")
        .replace("\"13:00-16:00\"", "\"11:00-16:00\"")
        .replace("\"2026-12-25\"", "\"Christmas\"")
        .replace("owner = \"our office\"", "owner = \"\"")
        .replace("urgent_within_minutes = 30", "urgent_within_minutes = 0")
        .replace("key = \"time\"", "key = \"address\"");
    let found = problems("", &[("heating.toml", &wrong)]);
    let keys: Vec<&str> = found.iter().map(|problem| problem.split(": ").nth(1).unwrap()).collect();
    assert_eq!(
        keys,
        [
            "greeting_closed",
            "region",
            "time_zone",
            "numbers.1",
            "hours.friday.1",
            "hours.saturday.0",
            "hours.closed_on.1",
            "fields.1.key",
            "callback.owner",
            "callback.urgent_within_minutes",
        ]
    );
    for problem in &found {
        let place = problem.split(": ").next().unwrap();
        let line: usize = place.rsplit(':').next().unwrap().parse().unwrap();
        let key =
            problem.split(": ").nth(1).unwrap().split('.').find(|key| key.parse::<u8>().is_err()).unwrap();
        assert!(line > 1, "{key} has no line");
    }
    assert!(found[3].contains("such as +14155550142"));
}

#[test]
fn two_businesses_cannot_claim_one_line() {
    let found = problems("", &[("a.toml", EXAMPLE), ("b.toml", EXAMPLE)]);
    assert_eq!(found.len(), 2);
    assert!(found[0].contains("b.toml:11: numbers.0: this line is already claimed in "), "{found:?}");
}

#[test]
fn a_configuration_without_businesses_is_refused() {
    let found = problems("", &[]);
    assert!(found[0].starts_with("businesses: holds no business"), "{found:?}");
    let found = problems("businesses = \"elsewhere\"", &[]);
    assert!(found[0].starts_with("elsewhere: cannot be read"), "{found:?}");
}

#[test]
fn a_business_may_be_open_round_the_clock_or_past_midnight() {
    let open = EXAMPLE.replace("[\"09:00-12:00\"]", "[\"00:00-24:00\"]").replace(
        "monday = [\"08:00-12:00\", \"13:00-17:00\"]",
        "monday = [\"08:00-12:00\", \"22:00-06:00\"]",
    );
    load(&folder("", &[("heating.toml", &open)])).unwrap();
}

#[test]
fn a_code_may_have_a_pattern() {
    let with = |kind: &str, pattern: &str| {
        let field = format!("kind = \"{kind}\"\npattern = \"{pattern}\"\n");
        format!("{EXAMPLE}\n[[fields]]\nkey = \"account\"\nask = [\"What is your account number?\"]\n{field}")
    };
    let folder = folder("", &[("heating.toml", &with("code", "A-9999"))]);
    let config = load(&folder).unwrap();
    let pattern = config.businesses[0].fields.last().unwrap().pattern.clone().unwrap();
    assert_eq!(pattern.fit("D4471").as_deref(), Some("D-4471"));

    let wrong = problems("", &[("heating.toml", &with("code", "XY"))]);
    assert!(wrong[0].contains("fields.2.pattern: expected a pattern such as \"A-9999\""), "{wrong:?}");
    let misplaced = problems("", &[("heating.toml", &with("text", "A-9999"))]);
    assert!(misplaced[0].contains("fields.2.pattern: only a question with kind = \"code\""), "{misplaced:?}");
}

#[test]
fn the_line_of_stress_is_the_business_s_and_may_be_left_out_or_switched_off() {
    let stress = |from: &str, to: &str| {
        let text = EXAMPLE.replace(from, to);
        assert_ne!(text, EXAMPLE);
        load(&folder("", &[("fernwood.toml", &text)])).map(|config| config.businesses[0].stress)
    };
    let own = stress("threshold = 78\npersistence_seconds = 2", "threshold = 85.5\npersistence_seconds = 4")
        .unwrap();
    assert_eq!(own, Some(StressPolicy { threshold: 85.5, persistence_seconds: 4.0 }));
    let silent = stress("[stress]\nenabled = true\nthreshold = 78\npersistence_seconds = 2\n", "").unwrap();
    assert_eq!(silent, Some(StressPolicy::default()));
    assert_eq!(stress("enabled = true\n", "enabled = false\n").unwrap(), None);
    for wrong in ["threshold = 30", "threshold = 100", "threshold = nan"] {
        assert!(stress("threshold = 78", wrong).is_err(), "{wrong}");
    }
    assert!(stress("persistence_seconds = 2", "persistence_seconds = 0").is_err());
}
