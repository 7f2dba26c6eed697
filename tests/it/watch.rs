//! Watching real folders: whatever happens to the files, the output follows.

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::process::Command;

use galen::workspace::{Change, Hears, Options, Workspace};

use crate::support::live::{Watched, folder, guide, put, until};

/// By the system, and by looking.
const WAYS: [Option<u64>; 2] = [None, Some(20)];

fn both(text: &str, test: impl Fn(&Watched)) {
    for way in WAYS {
        test(&Watched::new(text, way));
    }
}

#[test]
fn a_save_is_built() {
    both("-- content/guides/a.md --\n---\ntitle: First\n---\n", |site| {
        site.shows("guides/a", Some("First"));
        site.put("content/guides/a.md", &guide("Second"));
        site.shows("guides/a", Some("Second"));
        // As long, and within the same second.
        site.put("content/guides/a.md", &guide("Thirdy"));
        site.shows("guides/a", Some("Thirdy"));
    });
}

#[test]
fn an_editor_that_puts_a_new_file_in_place_is_followed() {
    both("-- content/guides/a.md --\n---\ntitle: First\n---\n", |site| {
        for title in ["Second", "Thirds", "Fourth"] {
            site.put("content/guides/.a.md.tmp", &guide(title));
            fs::rename(site.path("content/guides/.a.md.tmp"), site.path("content/guides/a.md"))
                .unwrap();
            site.shows("guides/a", Some(title));
        }
        // An earlier file with its earlier time comes back.
        let old = fs::metadata(site.path("galen.yaml")).unwrap().modified().unwrap();
        site.put("content/guides/.a.md.old", &guide("Before"));
        let file = fs::File::options().append(true).open(site.path("content/guides/.a.md.old"));
        file.unwrap().set_modified(old).unwrap();
        fs::rename(site.path("content/guides/.a.md.old"), site.path("content/guides/a.md"))
            .unwrap();
        site.shows("guides/a", Some("Before"));
    });
}

#[test]
fn an_editor_that_moves_the_old_file_away_first_is_followed() {
    both("-- content/guides/a.md --\n---\ntitle: First\n---\n", |site| {
        // As Vim does.
        for round in 0..20 {
            site.put("content/guides/4913", "");
            fs::remove_file(site.path("content/guides/4913")).unwrap();
            fs::rename(site.path("content/guides/a.md"), site.path("content/guides/a.md~"))
                .unwrap();
            site.put("content/guides/a.md", &guide(&format!("Round {round}")));
            fs::remove_file(site.path("content/guides/a.md~")).unwrap();
            site.shows("guides/a", Some(&format!("Round {round}")));
        }
    });
}

#[test]
fn a_state_that_was_passed_through_is_not_published() {
    let dir = folder("-- content/guides/a.md --\n---\ntitle: First\n---\n");
    let root = dir.path().to_owned();
    let options = Options { root: root.clone(), folder: "public".into(), ..Options::default() };
    let workspace = Workspace::open(options);
    workspace.refresh(&Hears::NOBODY);
    let page = root.join("public/guides/a/index.html");
    fs::rename(root.join("content/guides/a.md"), root.join("content/guides/a.md~")).unwrap();
    let builds = Cell::new(0);
    let step = |step: &str| {
        if step == "reading files" {
            builds.set(builds.get() + 1);
        } else if step == "reading content" && builds.get() == 1 {
            put(&root, "content/guides/a.md", &guide("Second"));
        }
        // The page is never gone.
        assert!(page.exists());
    };
    let report = workspace.follow(&Hears { step: &step, waiting: &|| () }).unwrap();
    assert_eq!((builds.get(), report.change), (2, Change::Whole));
    assert!(fs::read_to_string(&page).unwrap().contains("Second"));

    // Files that never rest are built all the same.
    put(&root, "content/guides/a.md", &guide("Third"));
    let step = |step: &str| {
        if step == "reading content" {
            builds.set(builds.get() + 1);
            put(&root, "content/guides/a.md", &guide(&format!("Build {}", builds.get())));
        }
    };
    put(&root, "content/guides/a.md", &guide("Third"));
    let report = workspace.refresh(&Hears { step: &step, waiting: &|| () });
    assert_eq!((builds.get(), report.published.is_some()), (5, true));
}

#[test]
fn new_folders_in_new_folders_are_watched() {
    both("", |site| {
        site.put("content/team/x.md", "---\nname: Ada\n---\n");
        site.shows("team/x", Some("Ada"));
        site.put("content/team/x.md", "---\nname: Eva\n---\n");
        site.shows("team/x", Some("Eva"));
        site.put("themes/t/templates/deep/er/part.html", "one");
        site.put(
            "themes/t/templates/person.html",
            "<h1>{{ page.name }}</h1>{% include \"deep/er/part.html\" %}",
        );
        site.shows("team/x", Some("one"));
        site.put("themes/t/templates/deep/er/part.html", "two");
        site.shows("team/x", Some("two"));
    });
}

#[test]
fn a_folder_may_go_and_come_back() {
    both("-- content/guides/a.md --\n---\ntitle: First\n---\n", |site| {
        for round in 0..5 {
            fs::remove_dir_all(site.path("content/guides")).unwrap();
            site.shows("guides/a", None);
            site.put("content/guides/a.md", &guide(&format!("Round {round}")));
            site.shows("guides/a", Some(&format!("Round {round}")));
            site.put("content/guides/a.md", &guide(&format!("Again {round}")));
            site.shows("guides/a", Some(&format!("Again {round}")));
        }
        // Gone and back before anyone looked.
        fs::remove_dir_all(site.path("content/guides")).unwrap();
        site.put("content/guides/a.md", &guide("At once"));
        site.shows("guides/a", Some("At once"));
        site.put("content/guides/a.md", &guide("And later"));
        site.shows("guides/a", Some("And later"));
    });
}

#[test]
fn a_folder_may_be_moved() {
    both("-- content/guides/a.md --\n---\ntitle: First\n---\n", |site| {
        fs::rename(site.path("content/guides"), site.path("aside")).unwrap();
        site.shows("guides/a", None);
        site.put("aside/a.md", &guide("Aside"));
        fs::rename(site.path("aside"), site.path("content/guides")).unwrap();
        site.shows("guides/a", Some("Aside"));
        site.put("content/guides/a.md", &guide("Back"));
        site.shows("guides/a", Some("Back"));

        // Everything is gone, which is an error; and back.
        fs::rename(site.path("content"), site.path("aside")).unwrap();
        until("an error is known", || !site.workspace.snapshot().problems.is_empty());
        site.shows("guides/a", Some("Back"));
        fs::rename(site.path("aside"), site.path("content")).unwrap();
        until("the error is gone", || site.workspace.snapshot().problems.is_empty());
        site.put("content/guides/a.md", &guide("Again"));
        site.shows("guides/a", Some("Again"));
    });
}

#[test]
fn a_thousand_files_at_once_are_all_built() {
    both("", |site| {
        for number in 0..1000 {
            site.put(&format!("content/guides/g{number}.md"), &guide(&format!("Guide {number}")));
        }
        let made = || {
            let folder = fs::read_dir(site.path("public/guides"));
            folder.map_or(0, |it| {
                it.flatten().filter(|it| it.file_name().to_string_lossy().starts_with('g')).count()
            })
        };
        until("a thousand pages", || site.workspace.reading(|_| made()) == 1000);
        site.shows("guides/g999", Some("Guide 999"));
        fs::remove_dir_all(site.path("content/guides")).unwrap();
        until("no pages", || site.workspace.reading(|_| made()) == 0);
    });
}

#[test]
fn another_branch_is_followed() {
    let git = |root: &Path, args: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(root).args(["-c", "user.name=t", "-c", "user.email=t@t.example"]);
        let done = command.args(args).output().expect("git is installed");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    both(
        "-- content/guides/a.md --\n---\ntitle: Main\n---\n-- .gitignore --\n/public\n/.galen\n",
        |site| {
            let root = site.dir.path();
            git(root, &["init", "-q", "-b", "main"]);
            git(root, &["add", "."]);
            git(root, &["commit", "-q", "-m", "main"]);
            git(root, &["checkout", "-q", "-b", "other"]);
            fs::remove_file(root.join("content/guides/a.md")).unwrap();
            site.put("content/guides/b.md", &guide("Other"));
            for number in 0..50 {
                site.put(&format!("content/team/p{number}.md"), "---\nname: P\n---\n");
            }
            git(root, &["add", "."]);
            git(root, &["commit", "-q", "-m", "other"]);
            site.shows("team/p49", Some("P"));
            for _ in 0..3 {
                git(root, &["checkout", "-q", "main"]);
                site.shows("guides/a", Some("Main"));
                site.shows("guides/b", None);
                site.shows("team/p49", None);
                git(root, &["checkout", "-q", "other"]);
                site.shows("guides/b", Some("Other"));
                site.shows("guides/a", None);
                site.shows("team/p49", Some("P"));
            }
        },
    );
}

#[test]
fn lost_events_are_made_good() {
    let site = Watched::new("-- content/guides/a.md --\n---\ntitle: First\n---\n", None);
    site.bell.lost();
    let (changed, change) = site.reports.recv().unwrap();
    assert_eq!((changed.len(), change), (0, Change::Nothing));
    // Everything is watched anew, and a change is seen.
    site.put("content/guides/a.md", &guide("Second"));
    site.shows("guides/a", Some("Second"));
    site.put("content/team/new.md", "---\nname: Ada\n---\n");
    site.shows("team/new", Some("Ada"));
}

#[test]
fn a_flood_of_events_loses_nothing() {
    // Twice as many as Linux keeps for a watcher that is slow; what follows a loss is above.
    let site = Watched::new("-- content/guides/a.md --\n---\ntitle: First\n---\n", None);
    for round in 0..8000 {
        fs::write(site.path("content/guides/a.md"), guide(&format!("Round {round}"))).unwrap();
    }
    site.shows("guides/a", Some("Round 7999"));
    site.put("content/team/new.md", "---\nname: Ada\n---\n");
    site.shows("team/new", Some("Ada"));
}

#[test]
fn own_output_and_touches_build_nothing_again() {
    both("-- content/guides/a.md --\n---\ntitle: First\n---\n", |site| {
        // What a build reads and writes makes no further build: it gets quiet.
        site.put("content/guides/b.md", &guide("Other"));
        site.shows("guides/b", Some("Other"));
        site.quiet();
        site.put("public/stray.txt", "x");
        site.put(".galen/stray", "x");
        site.put("content/guides/.a.md.swp", "x");
        site.put("content/guides/a.md~", "x");
        assert_eq!(site.quiet(), []);
        // A file that takes the place of another, and holds the same, changes nothing.
        site.put("content/guides/.b.md.tmp", &guide("Other"));
        fs::rename(site.path("content/guides/.b.md.tmp"), site.path("content/guides/b.md"))
            .unwrap();
        assert!(site.quiet().iter().all(|(_, change)| *change == Change::Nothing));
    });
}

#[test]
fn an_error_keeps_what_is_published_until_it_is_mended() {
    both("-- content/guides/a.md --\n---\ntitle: First\n---\n", |site| {
        site.put("content/guides/a.md", "---\ntitel: Second\n---\n");
        until("an error is known", || !site.workspace.snapshot().problems.is_empty());
        site.shows("guides/a", Some("First"));
        let problem = site.workspace.snapshot().problems[0].clone();
        assert_eq!(problem.place.unwrap().file, "content/guides/a.md");
        site.put("content/guides/a.md", &guide("Third"));
        site.shows("guides/a", Some("Third"));
        assert!(site.workspace.snapshot().problems.is_empty());
    });
}

#[test]
fn stylesheets_alone_are_told_apart() {
    let site = Watched::new(
        "-- themes/t/assets/main.css --\nb{color:red}\n-- content/guides/a.md --\n---\ntitle: A\n---\n-- themes/t/templates/guide.html --\n<link rel=stylesheet href=\"{{ asset(path=\"main.css\") }}\"><h1>{{ page.title }}</h1>\n",
        None,
    );
    site.shows("guides/a", Some("main."));
    let whole = site.workspace.snapshot().whole;
    let before = site.workspace.snapshot().version;
    site.put("themes/t/assets/main.css", "b{color:blue}\n");
    until("the style is known", || site.workspace.snapshot().version > before);
    assert_eq!(site.workspace.snapshot().whole, whole);
    let before = site.workspace.snapshot().version;
    site.put("content/guides/a.md", &guide("Other"));
    until("the text is known", || site.workspace.snapshot().version > before);
    assert!(site.workspace.snapshot().whole > before);
}

#[test]
fn what_is_told_of_is_published_before_all_else_is_looked_at() {
    let template =
        "-- themes/t/templates/guide.html --\n<title>{{ page.title }}</title>{{ page.body }}\n";
    let text = |body: &str| format!("---\ntitle: Guide\n---\n{body}\n");
    let dir = folder(template);
    let put = |path: &str, body: &str| put(dir.path(), path, &text(body));
    let page = |name: &str| {
        fs::read_to_string(dir.path().join(format!("public/guides/{name}/index.html"))).unwrap()
    };
    let (a, b) = ("content/guides/a.md", "content/guides/b.md");
    put(a, "First");
    put(b, "First");
    let root = dir.path().to_owned();
    let options = Options { root, folder: "public".into(), ..Options::default() };
    let workspace = Workspace::open(options);
    workspace.refresh(&Hears::NOBODY);
    let follow = |files: &[&str]| {
        let files: Vec<String> = files.iter().map(|it| (*it).to_owned()).collect();
        let report = match files[..] {
            [] => workspace.follow(&Hears::NOBODY),
            _ => workspace.follow_files(&files, &Hears::NOBODY),
        };
        report.map(|it| it.changed)
    };

    put(a, "Second");
    put(b, "Second");
    assert_eq!(follow(&[a]), Some(vec![a.to_owned()]));
    assert!(page("a").contains("Second") && page("b").contains("First"));
    // What nobody told of is found when all is looked at.
    assert_eq!(follow(&[]), Some(vec![b.to_owned()]));
    assert!(page("a").contains("Second") && page("b").contains("Second"));
    assert_eq!(follow(&[a, b]), None);

    // A file that is no part of the site, or not yet, or no longer, needs a look at all.
    put(a, "Third");
    put("content/guides/c.md", "Third");
    assert_eq!(follow(&[a, "content/guides/c.md"]).map(|it| it.len()), Some(2));
    assert!(page("a").contains("Third") && page("c").contains("Third"));
    fs::remove_file(dir.path().join("content/guides/c.md")).unwrap();
    put(a, "Fourth");
    assert_eq!(follow(&["content/guides/c.md"]).map(|it| it.len()), Some(2));
    assert!(page("a").contains("Fourth") && !dir.path().join("public/guides/c").exists());

    // What all pages stand on is never taken to be as it was: else a page would stay as it was made
    // from a template that came and went.
    let frame = dir.path().join("themes/t/templates/guide.html");
    let (before, config) = (fs::read_to_string(&frame).unwrap(), dir.path().join("galen.yaml"));
    fs::write(&frame, format!("{before}<p>Sixth frame")).unwrap();
    put(a, "Sixth");
    assert_eq!(follow(&[a]).map(|it| it.len()), Some(2));
    assert!(page("a").contains("Sixth frame") && page("b").contains("Sixth frame"));
    put(b, "Sixth, again");
    assert_eq!(follow(&[b]).map(|it| it.len()), Some(1));
    assert!(page("b").contains("again") && page("b").contains("Sixth frame"));
    fs::write(&frame, before).unwrap();
    follow(&[a]);
    follow(&[]);
    assert!(!page("a").contains("Sixth frame") && !page("b").contains("Sixth frame"));
    let was = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{was}\n# Another.\n")).unwrap();
    put(a, "Seventh");
    assert_eq!(follow(&[a]).map(|it| it.len()), Some(2));

    // What others do to the output is mended by the look at everything.
    fs::write(dir.path().join("public/guides/a/index.html"), "Another hand").unwrap();
    fs::remove_file(dir.path().join("public/guides/b/index.html")).unwrap();
    put(b, "Eighth");
    follow(&[b]);
    follow(&[]);
    assert!(page("a").contains("Seventh") && page("b").contains("Eighth"));
    assert!(!page("b").contains("Sixth frame"), "what is kept from save to save is not old");
    fs::write(dir.path().join("public/guides/a/index.html"), "Another hand").unwrap();
    follow(&[]);
    assert!(page("a").contains("Seventh"));
    assert!(follow(&[]).is_none(), "all is as it was made");

    // While something is wrong elsewhere, a save of another file does not hide it.
    fs::write(dir.path().join(b), "---\ntitel: Guide\n---\n").unwrap();
    follow(&[b]);
    let problems = workspace.snapshot().problems.clone();
    assert!(!problems.is_empty());
    put(a, "Fifth");
    follow(&[a]);
    assert_eq!(workspace.snapshot().problems, problems);
    put(b, "Fifth");
    follow(&[b]);
    assert!(workspace.snapshot().problems.is_empty());
    assert!(page("a").contains("Fifth") && page("b").contains("Fifth"));
}
