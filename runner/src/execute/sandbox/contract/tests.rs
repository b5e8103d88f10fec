//! What may be imported, which versions run, and that no bytes make the inspection panic.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn any_bytes_are_refused_without_a_panic(
        core: bool,
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let header: &[u8] = if core { b"\0asm\x01\0\0\0" } else { b"\0asm\x0d\0\x01\0" };
        prop_assert!(inspect(&[header, &bytes].concat()).is_err());
        prop_assert!(inspect(&bytes).is_err());
    }
}

#[test]
fn the_version_is_the_one_of_the_contract() {
    let contract = include_str!("../../../../../sdk/wit/check.wit");
    assert!(contract.contains(&format!("package checkrun:check@{CONTRACT_VERSION};")));
}

#[test]
fn what_may_be_imported() {
    for (name, may) in [
        ("checkrun:check/database@0.1.0", true),
        ("checkrun:check/database@0.1.7", true),
        ("checkrun:check/secrets@0.1.0", false),
        ("wasi:io/streams@0.2.9", true),
        ("wasi:sockets/tcp@0.2.0", true),
        ("wasi:http/outgoing-handler@0.2.0", false),
        ("wasi:io/streams@0.3.0", false),
        ("wasi_snapshot_preview1", false),
        ("env", false),
        ("checkrun:checks/database@0.1.0", false),
    ] {
        assert_eq!(may_be_imported(name), may, "{name}");
    }
}

#[test]
fn which_versions_run() {
    for (version, runs) in [
        ("0.1.0", true),
        ("0.1.9", true),
        ("0.1", true),
        ("0.2.0", false),
        ("1.0.0", false),
        ("0.1.0-rc.1", false),
        ("", false),
    ] {
        assert_eq!(is_compatible(version), runs, "{version}");
    }
}
