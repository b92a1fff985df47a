//! Programs beside the output that CPython prints for them: `programs/*.py` and `.txt`.

mod support;

#[test]
fn programs_print_what_cpython_prints() {
    support::start();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.extension().is_none_or(|extension| extension != "py") {
            continue;
        }
        let source = std::fs::read_to_string(&path).expect("programs are text");
        let wanted = std::fs::read_to_string(path.with_extension("txt")).expect("each has its output");
        let ended_well = support::run(&source, &path.display().to_string());
        let printed = support::take_output();
        assert!(ended_well, "{}: {printed}", path.display());
        assert_eq!(printed, wanted, "{}", path.display());
        count += 1;
    }
    assert!(count > 0);
}
