//! A disk that is full: people are told all the same, and that the history does not have it.

use checkrun_testkit::Mount;

use super::*;

/// Bytes; more than the disk has.
const BALLAST_BYTES: usize = 32 << 20;

const HISTORY: &str = "disk/checkrun.db";

/// Who looks after the runner itself.
const KEEPER: &str =
    "[[route]]\nto = [\"keeper@shop.example\"]\nmatch = { targets = [\"checkrun\"] }\n";

/// It looks at itself once a minute, and once more soon after it has found something.
const LOOKED_WITHIN: Duration = Duration::from_secs(120);

/// From an incident to its mail, and from the space that there is again to results that are stored.
const WITHIN: Duration = Duration::from_secs(60);

#[test]
fn what_happens_while_the_disk_is_full_is_told_once_and_results_are_stored_when_it_is_not() {
    let shop = ALICE.replace("to = ", "match = { targets = [\"shop\"] }\nto = ");
    let history = format!("[history]\npath = \"{HISTORY}\"\n");
    let (stage, notices) = stage(&format!(
        "{history}{FOLDER}{shop}{KEEPER}{QUICK}{}",
        level("shop")
    ));
    let told = |who: &str| -> Vec<Letter> {
        let mut told = letters(&stage);
        told.retain(|letter| letter.header("To").starts_with(who));
        told
    };
    let folder = stage.path("disk");
    let Some(_disk) = Mount::of_size("8m", &folder) else {
        return;
    };
    let stored = |condition: &str| -> i64 {
        let sql = format!("select count(*) from v_run where job = 'level' and {condition}");
        stage.value(HISTORY, &sql)
    };
    let running = start(&stage, &notices, &[]);
    eventually("runs are stored", SOON, || {
        (stored("true") >= 2).then_some(())
    });

    let ballast = folder.join("ballast");
    // It fails when there is no more space, which is what it is for.
    let _ = fs::write(&ballast, vec![0; BALLAST_BYTES]);
    set(&stage, 7);
    let alert = eventually("the incident is told", WITHIN, || told("alice").pop());
    assert!(alert.subject().starts_with("CRIT shop: "), "{alert:?}");
    let text = alert.body().replace("=\n", "");
    assert!(text.contains("The history does not have this: "), "{text}");
    // That the disk is small is told, too.
    eventually("that results are not stored is told", LOOKED_WITHIN, || {
        let says_so = |letter: &Letter| {
            let text = letter.part("text/plain");
            let words: Vec<&str> = text.split_whitespace().collect();
            words.join(" ").contains("could not be stored")
        };
        told("keeper").iter().any(says_so).then_some(())
    });

    fs::remove_file(&ballast).unwrap();
    eventually("results are stored again", WITHIN, || {
        (stored("status = 3") >= 2).then_some(())
    });
    set(&stage, 0);
    eventually("its end is told", WITHIN, || told("alice").get(1).cloned());
    let good = stored("status = 0");
    eventually("runs go on", SOON, || {
        (stored("status = 0") >= good + STILL).then_some(())
    });
    let _ = stop(running);
    let subjects: Vec<String> = told("alice").iter().map(Letter::subject).collect();
    assert_told(&subjects, &["CRIT shop: ", "OK shop: "]);
    let sound: String = stage.value(HISTORY, "pragma integrity_check");
    assert_eq!(sound, "ok");
}
