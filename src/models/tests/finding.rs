use std::collections::HashSet;
use std::fs::{self, File};
use std::path::PathBuf;

use crate::models::{Cache, ModelError, ModelId, Origin, PiperVoice};

#[test]
fn a_model_that_is_not_here_is_an_error_that_says_what_to_run() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(Some(folder.path().join("models"))).unwrap();
    for id in ModelId::ALL {
        let error = cache.find(id).unwrap_err();
        assert!(matches!(error, ModelError::Missing { .. }), "{error}");
        assert!(error.to_string().ends_with(&format!("run `calmline models fetch {id}`")), "{error}");
    }
}

#[test]
fn looking_for_a_model_creates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("models");
    let _ = Cache::open(Some(root.clone())).unwrap().find(ModelId::PiperJoe);
    assert!(!root.exists());
}

#[test]
fn whisper_is_found_by_its_quantised_weights_alone_and_a_voice_only_with_its_description() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(Some(folder.path().to_owned())).unwrap();
    let place = |id: ModelId, index: usize| {
        let file = &id.model().files[index];
        let path = folder.path().join(id.model().name).join(file.name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // A hole of the right size: nothing is written.
        File::create(&path).unwrap().set_len(file.size).unwrap();
        path
    };
    let weights = place(ModelId::WhisperBase, 0);
    assert_eq!(cache.find(ModelId::WhisperBase).unwrap(), weights);
    assert!(cache.find_file(ModelId::WhisperBase, "ggml-f16.bin").is_err());

    let onnx = place(ModelId::PiperJoe, 0);
    assert!(matches!(cache.find(ModelId::PiperJoe), Err(ModelError::Missing { .. })));
    let json = place(ModelId::PiperJoe, 1);
    assert_eq!(PiperVoice::at(cache.find(ModelId::PiperJoe).unwrap()).unwrap(), PiperVoice { onnx, json });
}

#[test]
fn a_file_cut_short_is_not_handed_to_a_loader() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(Some(folder.path().to_owned())).unwrap();
    let path = folder.path().join("smart-turn-v3.2/smart-turn-v3.2-cpu.onnx");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, b"half").unwrap();
    assert!(matches!(cache.find(ModelId::SmartTurn), Err(ModelError::Damaged { .. })));
}

#[test]
fn a_voice_of_ones_own_needs_its_json_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let onnx = folder.path().join("anna.onnx");
    fs::write(&onnx, b"").unwrap();
    let error = PiperVoice::at(onnx.clone()).unwrap_err().to_string();
    assert!(error.contains("anna.onnx.json is missing"), "{error}");
    fs::write(folder.path().join("anna.onnx.json"), b"{}").unwrap();
    assert_eq!(PiperVoice::at(onnx.clone()).unwrap().onnx, onnx);
}

#[test]
fn every_model_goes_by_its_name_and_every_file_of_it_can_be_had() {
    for id in ModelId::ALL {
        let model = id.model();
        assert_eq!(id.to_string().parse::<ModelId>().unwrap(), id);
        let names: HashSet<&str> = model.files.iter().map(|file| file.name).collect();
        assert_eq!(names.len(), model.files.len());
        for file in model.files {
            match file.origin {
                Origin::Published(url) => assert!(url.starts_with("https://"), "{url}"),
                Origin::QuantizedFrom(source) => assert!(names.contains(source), "{source}"),
            }
            assert!(file.sha256.iter().all(|digest| digest.len() == 64));
        }
    }
    assert!(matches!("whisper-huge".parse::<ModelId>(), Err(ModelError::Unknown { .. })));
}

#[test]
fn without_a_root_the_cache_lies_in_the_users_cache_folder() {
    // A user without a home has no such folder, and is told so.
    match Cache::open(None) {
        Ok(cache) => assert!(cache.root().ends_with(PathBuf::from("calmline/models"))),
        Err(error) => assert!(matches!(error, ModelError::NoCacheFolder)),
    }
}
