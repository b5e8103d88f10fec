//! Which URLs are understood, and how the others are refused.

use proptest::prelude::*;

use super::*;

fn server_url(text: &str) -> String {
    match parse(text) {
        Ok(Url::Server(url)) => format!(
            "{:?} user={} host={} port={} database={} socket={}",
            url.protocol,
            url.user.as_deref().unwrap_or("-"),
            url.host.as_deref().unwrap_or("-"),
            url.port.map_or("-".to_owned(), |port| port.to_string()),
            url.database.as_deref().unwrap_or("-"),
            url.socket.as_deref().unwrap_or("-"),
        ),
        Ok(Url::File(path)) => format!("file {path}"),
        Err(remark) => format!(
            "refused: {}; {}",
            remark.message,
            remark.hint.unwrap_or_default()
        ),
    }
}

#[test]
fn what_is_understood() {
    let shown = [
        "postgres://monitor@db1.example/orders",
        "postgresql://monitor@db1.example:6432/orders",
        "mysql://monitor@10.0.0.7/",
        "mariadb://monitor@db1",
        "postgres://db1/orders",
        "postgres://m%40x@db1/a%2Fb%20c",
        "postgres://m@[2001:db8::1]:5433/orders",
        "postgres://m@[::1]/orders",
        "postgres://m@/orders?host=/run/postgresql",
        "postgres://m@:5433/orders?host=/run/postgresql",
        "postgres://m@%2Frun%2Fpostgresql/orders",
        "mysql://m@/orders?socket=/run/mysqld/mysqld.sock",
        "pgbouncer://monitor@pool.example",
        "pgbouncer://monitor@pool.example:6433/pgbouncer",
        "pgbouncer://monitor@/?host=/run/postgresql",
        "sqlite:orders.db",
        "sqlite:./orders.db",
        "sqlite:../a%3Fb c.db",
        "sqlite:/var/orders.db",
        "sqlite:///var/orders.db",
    ]
    .map(|text| format!("{text}\n    {}", server_url(text)))
    .join("\n");
    insta::assert_snapshot!(shown);
}

#[test]
fn what_is_refused_says_why_and_repeats_nothing() {
    let shown = [
        "orders.db",
        "postgre://canary@db/x",
        "oracle://canary@db/x",
        "postgres:db/x",
        "postgres://m:canary@db/x",
        "postgres://m:can/ary@db/x",
        "postgres://m:can?ary@db/x",
        "postgres://m:can#ary@db/x",
        "postgres://m:canary",
        "postgres://m@db:0/x",
        "postgres://m@db:99999/x",
        "postgres://m@db:+5432/x",
        "postgres://m@::1/x",
        "postgres://m@[::1/x",
        "postgres://m@[canary]/x",
        "postgres://m@[::1]canary/x",
        "postgres://m@a,b/x",
        "postgres://m@bücher.example/x",
        "postgres://m@a b/x",
        "postgres://m@db/x/y",
        "postgres://m@/x",
        "postgres://",
        "postgres://m@db/x?sslmode=require",
        "postgres://m@db/x?password=canary",
        "postgres://m@db/x?application_name=canary",
        "postgres://m@db/x?host=/run",
        "postgres://m@/x?host=run",
        "mysql://m@/x?host=/run",
        "postgres://m@db/%zz",
        "postgres://m@db/%00",
        "postgres://m@db/%ff",
        "postgres://m@db/x#y",
        "pgbouncer:pool",
        "pgbouncer://m:canary@pool",
        "pgbouncer://m@pool/canary",
        "pgbouncer://m@pool/?socket=/run",
        "pgbouncer://m@",
        "sqlite:",
        "sqlite://orders.db",
        "sqlite::memory:",
        "sqlite:orders.db?mode=rw",
        "sqlite:folder/",
    ]
    .map(|text| format!("{text}\n    {}", server_url(text)));
    for line in &shown {
        let answer = line.lines().last().expect("two lines");
        assert!(
            !answer.contains("canary") && answer.starts_with("    refused"),
            "{line}"
        );
    }
    insta::assert_snapshot!(shown.join("\n"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_panic(text in "(postgres|mysql|sqlite)?:?/{0,3}[a-z:@/?#%\\[\\]=&é0-9]{0,40}") {
        let _ = parse(&text);
    }

    #[test]
    fn a_password_is_never_taken_nor_told(tail in "[a-z/?#@:]{0,6}") {
        let refused = parse(&format!("postgres://m:canary{tail}@db/x"));
        let remark = refused.expect_err("a password");
        prop_assert!(!remark.message.contains("canary"));
        prop_assert!(!remark.hint.unwrap_or_default().contains("canary"));
    }

    #[test]
    fn percent_encoding_round_trips(name in "[^\0]{1,12}") {
        let encoded: String = name.bytes().map(|byte| format!("%{byte:02x}")).collect();
        prop_assert_eq!(decode(&encoded).ok(), Some(name));
    }
}
