use std::convert::Infallible;

use futures_util::stream;

use super::*;

fn artifacts() -> (tempfile::TempDir, Artifacts) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let artifacts = Artifacts::in_folder(folder.path(), Sources::system()).expect("the folder is ours");
    (folder, artifacts)
}

fn file(folder: &FilePath, digest: &str) -> std::path::PathBuf {
    folder.join("sha256").join(&digest[..2]).join(digest)
}

#[tokio::test]
async fn bytes_and_a_stream_of_them_are_the_same_artifact() {
    let (_folder, artifacts) = artifacts();
    let kept = artifacts.put(Bytes::from_static(b"hello")).await.expect("kept");
    let pieces = stream::iter([&b"hel"[..], b"lo"].map(|piece| Ok::<_, Infallible>(Bytes::from_static(piece))));
    assert_eq!(artifacts.put_stream(pieces, 5).await.expect("kept"), Ok(kept.clone()));
    assert_eq!(artifacts.get(&kept.digest).await.expect("found"), "hello");
    let file = artifacts.file(&kept.digest).await.expect("found");
    assert_eq!(std::io::read_to_string(file).expect("it is ours"), "hello");
}

#[tokio::test]
async fn more_than_a_part_is_one_artifact_and_leaves_nothing_where_it_arrived() {
    let (folder, artifacts) = artifacts();
    let piece = Bytes::from(vec![7; PART / 2 + 1]);
    let whole: Vec<u8> = [&piece[..], &piece, &piece].concat();
    let pieces = stream::iter([piece.clone(), piece.clone(), piece].map(Ok::<_, Infallible>));
    let streamed = artifacts.put_stream(pieces, u64::MAX).await.expect("kept").expect("nothing broke off");
    assert_eq!(artifacts.get(&streamed.digest).await.expect("found"), whole);
    assert_eq!(artifacts.put(whole.into()).await.expect("kept"), streamed);
    assert_eq!(std::fs::read_dir(folder.path().join("arriving")).expect("it was used").count(), 0);
}

#[tokio::test]
async fn what_is_too_large_leaves_nothing_behind() {
    let (folder, artifacts) = artifacts();
    for size in [5, 2 * PART] {
        let pieces = stream::iter([Ok::<_, Infallible>(Bytes::from(vec![0; size - 1])), Ok(Bytes::from_static(b"x"))]);
        let limit = size as u64 - 1;
        assert!(matches!(artifacts.put_stream(pieces, limit).await, Err(ArtifactError::TooLarge(told)) if told == limit));
        assert!(!folder.path().join("sha256").exists());
    }
    assert_eq!(std::fs::read_dir(folder.path().join("arriving")).expect("it was used").count(), 0);
}

#[tokio::test]
async fn the_file_of_an_export_is_there_whole_or_not_at_all_and_can_be_removed() {
    let (folder, artifacts) = artifacts();
    let broken = stream::iter([Ok(Bytes::from_static(b"half")), Err("the writer failed")]);
    assert_eq!(artifacts.put_export("e", broken, 9).await.expect("the store works"), Err("the writer failed"));
    let large = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"0123456789"))]);
    assert!(matches!(artifacts.put_export("e", large, 9).await, Err(ArtifactError::TooLarge(9))));
    assert!(matches!(artifacts.export("e", "").await.map(drop), Err(ArtifactError::Absent(_))));
    for bytes in [&b""[..], b"whole"] {
        let pieces = stream::iter([Ok::<_, Infallible>(Bytes::from_static(bytes))]);
        let kept = artifacts.put_export("e", pieces, 9).await.expect("kept").expect("nothing broke off");
        let read: Vec<Bytes> = artifacts.export("e", &kept.digest).await.expect("found").try_collect().await.expect("sound");
        assert_eq!((read.concat(), kept.bytes), (bytes.to_vec(), bytes.len() as u64));
        let damaged = artifacts.export("e", &"0".repeat(64)).await.map(drop);
        assert!(matches!(damaged, Err(ArtifactError::Damaged(_))));
    }
    for _ in 0..2 {
        artifacts.remove_export("e").await.expect("that it is gone already is as good");
    }
    assert_eq!(std::fs::read_dir(folder.path().join("exports")).expect("it was used").count(), 0);
}

#[tokio::test]
async fn a_damaged_artifact_is_not_given_out_whole() {
    let (folder, artifacts) = artifacts();
    let kept = artifacts.put(Bytes::from_static(b"hello")).await.expect("kept");
    let whole: Vec<Bytes> = artifacts.stream(&kept.digest).await.expect("found").try_collect().await.expect("sound");
    assert_eq!(whole.concat(), b"hello");
    std::fs::write(file(folder.path(), &kept.digest), "hullo").expect("the folder is ours");
    assert!(matches!(artifacts.get(&kept.digest).await, Err(ArtifactError::Damaged(_))));
    assert!(matches!(artifacts.file(&kept.digest).await, Err(ArtifactError::Damaged(_))));
    let refused = artifacts.stream(&kept.digest).await.map(drop);
    assert!(matches!(refused, Err(ArtifactError::Damaged(_))), "before anything of it is given");

    let kept = artifacts.put(vec![7; 2 * HELD].into()).await.expect("kept");
    let whole: Vec<Bytes> = artifacts.stream(&kept.digest).await.expect("found").try_collect().await.expect("sound");
    assert_eq!(whole.concat(), vec![7; 2 * HELD]);
    let mut other = vec![7; 2 * HELD];
    other[HELD] ^= 1;
    std::fs::write(file(folder.path(), &kept.digest), other).expect("the folder is ours");
    let pieces: Vec<_> = artifacts.stream(&kept.digest).await.expect("found").collect().await;
    let (last, before) = pieces.split_last().expect("there are some");
    assert!(matches!(last, Err(ArtifactError::Damaged(digest)) if *digest == kept.digest));
    let given: usize = before.iter().map(|piece| piece.as_ref().expect("a piece").len()).sum();
    assert!(given < 2 * HELD, "{given}");
}

#[tokio::test]
async fn an_artifact_that_was_cut_off_is_written_again() {
    let (folder, artifacts) = artifacts();
    let kept = artifacts.put(Bytes::from_static(b"hello")).await.expect("kept");
    std::fs::write(file(folder.path(), &kept.digest), "he").expect("the folder is ours");
    artifacts.put(Bytes::from_static(b"hello")).await.expect("kept");
    assert_eq!(artifacts.get(&kept.digest).await.expect("found"), "hello");
}

#[tokio::test]
async fn an_artifact_that_is_lost_is_told_from_a_store_that_is_away() {
    let (folder, artifacts) = artifacts();
    artifacts.ping().await.expect("the folder is ours");
    let other = "0".repeat(64);
    assert!(matches!(artifacts.get(&other).await, Err(ArtifactError::Absent(_))));
    std::fs::remove_dir_all(folder.path()).expect("the folder is ours");
    std::fs::create_dir(folder.path()).expect("a mount that is gone leaves an empty folder");
    assert!(matches!(artifacts.get(&other).await, Err(ArtifactError::Failed(_))));
    assert!(artifacts.ping().await.is_err());
}
