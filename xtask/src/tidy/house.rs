//! The house: which crate may see which of ours, and which of others it must not see. This table
//! is the picture in ARCHITECTURE.md; an arrow that is not here fails.
//!
//! Fences look at direct dependencies. `graph` also looks through the closure of the crates that
//! reach no others which may: see [`Room::sealed`].

use serde_json::Value;

/// A crate and its rules.
pub(super) struct Room {
    /// The package's name.
    pub(super) name: &'static str,
    /// Our packages that it may depend on.
    may_see: &'static [&'static str],
    /// Packages that it must not depend on, development apart.
    pub(super) must_not_see: &'static [&'static str],
    /// Whether the fence also holds for what its dependencies bring. Not where a crate rightly
    /// sees another that has what it must not use itself: `management` sees `connectors`, and that
    /// the simulator's axum.
    pub(super) sealed: bool,
}

/// Pages, HTTP and SQL, none of which a crate of rules may know.
const OUTER_WORLD: &[&str] = &[
    "axum",
    "axum-core",
    "axum-extra",
    "http",
    "hyper",
    "maud",
    "reqwest",
    "sqlx",
    "tower",
    "tower-http",
];

/// The real store, which tests of the rules run against: there is no fake one. A development
/// dependency on it is no arrow.
const STORE_FOR_TESTS: &str = "moongate-store";

pub(super) const HOUSE: &[Room] = &[
    Room {
        name: "moongate-core",
        may_see: &[],
        must_not_see: &["tokio", "sqlx", "axum", "maud", "reqwest"],
        sealed: true,
    },
    Room {
        name: "moongate-experience",
        may_see: &["moongate-core"],
        must_not_see: OUTER_WORLD,
        sealed: true,
    },
    Room {
        name: "moongate-oidc",
        may_see: &["moongate-core"],
        must_not_see: &["axum", "sqlx"],
        sealed: true,
    },
    Room {
        name: "moongate-management",
        may_see: &[
            "moongate-connectors",
            "moongate-core",
            "moongate-experience",
        ],
        must_not_see: OUTER_WORLD,
        sealed: false,
    },
    Room {
        name: "moongate-store",
        may_see: &["moongate-core"],
        must_not_see: &["axum", "maud", "reqwest"],
        sealed: true,
    },
    Room {
        name: "moongate-aliyun-sms",
        may_see: &[],
        must_not_see: &[],
        sealed: false,
    },
    Room {
        name: "moongate-connectors",
        may_see: &["moongate-aliyun-sms", "moongate-core"],
        must_not_see: &["axum", "sqlx"],
        sealed: false,
    },
    Room {
        name: "moongate-client",
        may_see: &[],
        must_not_see: &[],
        sealed: false,
    },
    Room {
        name: "moongate-bookstore",
        may_see: &["moongate-client"],
        must_not_see: &[],
        sealed: false,
    },
    Room {
        name: "moongate-web",
        may_see: &["moongate-core"],
        // `axum-core` is what maud's axum feature would bring.
        must_not_see: &["axum", "axum-core", "sqlx", "tokio"],
        sealed: true,
    },
    Room {
        name: "moongate-server",
        may_see: &[
            "moongate-aliyun-sms",
            "moongate-client",
            "moongate-connectors",
            "moongate-core",
            "moongate-experience",
            "moongate-management",
            "moongate-oidc",
            "moongate-store",
            "moongate-web",
        ],
        must_not_see: &["sqlx", "maud"],
        sealed: false,
    },
    Room {
        name: "moongate-tests",
        may_see: &[
            "moongate-aliyun-sms",
            "moongate-bookstore",
            "moongate-client",
            "moongate-connectors",
            "moongate-core",
            "moongate-experience",
            "moongate-management",
            "moongate-oidc",
            "moongate-server",
            "moongate-store",
            "moongate-web",
        ],
        must_not_see: &[],
        sealed: false,
    },
    Room {
        name: "xtask",
        may_see: &[],
        must_not_see: &["tokio", "clap"],
        sealed: false,
    },
];

/// A dependency as a manifest declares it.
#[derive(Debug, PartialEq, Eq)]
struct Edge<'graph> {
    from: &'graph str,
    to: &'graph str,
    for_tests: bool,
}

/// Every arrow and every fence that is not as the table has it.
pub(super) fn faults(metadata: &Value) -> Vec<String> {
    let members = members(metadata);
    let edges = edges(metadata, &members);
    let mut faults = unknown_rooms(&members);
    for room in HOUSE {
        faults.extend(room_faults(room, &members, &edges));
    }
    faults
}

/// The names of our own packages.
fn members(metadata: &Value) -> Vec<&str> {
    let ids: Vec<&Value> = list(&metadata["workspace_members"]).collect();
    list(&metadata["packages"])
        .filter(|package| ids.contains(&&package["id"]))
        .filter_map(|package| package["name"].as_str())
        .collect()
}

fn edges<'graph>(metadata: &'graph Value, members: &[&str]) -> Vec<Edge<'graph>> {
    let mut edges = Vec::new();
    for package in list(&metadata["packages"]) {
        let Some(from) = package["name"].as_str().filter(|it| members.contains(it)) else {
            continue;
        };
        for dependency in list(&package["dependencies"]) {
            if let Some(to) = dependency["name"].as_str() {
                let for_tests = dependency["kind"] == "dev";
                edges.push(Edge {
                    from,
                    to,
                    for_tests,
                });
            }
        }
    }
    edges
}

fn unknown_rooms(members: &[&str]) -> Vec<String> {
    let absent = HOUSE
        .iter()
        .filter(|room| !members.contains(&room.name))
        .map(|room| {
            format!(
                "the house has a room for {}, which is no package",
                room.name
            )
        });
    members
        .iter()
        .filter(|name| HOUSE.iter().all(|room| room.name != **name))
        .map(|name| format!("{name} has no room in the house: add it to xtask/src/tidy/house.rs"))
        .chain(absent)
        .collect()
}

fn room_faults(room: &Room, members: &[&str], edges: &[Edge]) -> Vec<String> {
    let mut faults = Vec::new();
    for edge in edges.iter().filter(|edge| edge.from == room.name) {
        let stands_alone = room.may_see.is_empty();
        let for_tests = edge.for_tests && edge.to == STORE_FOR_TESTS && !stands_alone;
        if members.contains(&edge.to) && !room.may_see.contains(&edge.to) && !for_tests {
            // A crate's own name is how it turns on its own features for its tests.
            if edge.to != edge.from {
                faults.push(format!("{} may not see {}", edge.from, edge.to));
            }
        }
        if room.must_not_see.contains(&edge.to) && !edge.for_tests {
            faults.push(format!("{} must not see {}", edge.from, edge.to));
        }
    }
    faults
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn room(name: &str) -> &'static Room {
        HOUSE.iter().find(|room| room.name == name).unwrap()
    }

    fn check(from: &'static str, to: &'static str, for_tests: bool, expected: &[&str]) {
        let members: Vec<&str> = HOUSE.iter().map(|room| room.name).collect();
        let edges = [Edge {
            from,
            to,
            for_tests,
        }];
        assert_eq!(
            room_faults(room(from), &members, &edges),
            expected,
            "{from} -> {to}"
        );
    }

    #[test]
    fn an_arrow_of_the_picture_passes_and_another_fails() {
        check("moongate-web", "moongate-core", false, &[]);
        check(
            "moongate-core",
            "moongate-web",
            false,
            &["moongate-core may not see moongate-web"],
        );
        check(
            "moongate-oidc",
            "moongate-experience",
            false,
            &["moongate-oidc may not see moongate-experience"],
        );
        check(
            "moongate-server",
            "moongate-bookstore",
            false,
            &["moongate-server may not see moongate-bookstore"],
        );
    }

    #[test]
    fn tests_may_use_the_real_store_except_where_a_crate_stands_alone() {
        check("moongate-experience", "moongate-store", true, &[]);
        check(
            "moongate-experience",
            "moongate-store",
            false,
            &["moongate-experience may not see moongate-store"],
        );
        check(
            "moongate-client",
            "moongate-store",
            true,
            &["moongate-client may not see moongate-store"],
        );
    }

    #[test]
    fn a_fence_holds_outside_tests() {
        check(
            "moongate-core",
            "tokio",
            false,
            &["moongate-core must not see tokio"],
        );
        check("moongate-core", "tokio", true, &[]);
        check(
            "moongate-management",
            "maud",
            false,
            &["moongate-management must not see maud"],
        );
        check("moongate-store", "sqlx", false, &[]);
    }

    #[test]
    fn a_package_without_a_room_is_named() {
        let metadata = json!({
            "workspace_members": ["id-1"],
            "packages": [{"id": "id-1", "name": "moongate-common", "dependencies": []}],
        });
        let faults = faults(&metadata);
        assert!(
            faults[0].contains("moongate-common has no room"),
            "{faults:?}"
        );
        assert_eq!(faults.len(), 1 + HOUSE.len());
    }

    #[test]
    fn every_arrow_ends_in_a_room() {
        for room in HOUSE {
            for seen in room.may_see {
                assert!(HOUSE.iter().any(|other| other.name == *seen), "{seen}");
            }
        }
    }
}
