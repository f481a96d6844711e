//! The Python side: an environment in `target/python` with exactly the packages that `models/requirements.txt` pins.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::step;

const REQUIREMENTS: &str = "models/requirements.txt";
const PROJECT: &str = "models/pyproject.toml";
const ENVIRONMENT: &str = "target/python";
/// In the environment: what it was made from. Where that has changed, it is made anew.
const STAMP: &str = "foretap-stamp";
/// Prints the version, then fails where Debian has split off what makes environments.
const PROBE: &str = "import sys; print(*sys.version_info[:3], sep='.', flush=True); import ensurepip, venv";

/// The interpreter of this machine, good enough to make the environment with.
#[derive(Debug)]
pub(crate) struct Python {
    /// As `3.11.7`.
    version: String,
}

impl Python {
    /// Looks at `python3`.
    ///
    /// # Errors
    /// If it is missing, too old, or cannot make environments.
    pub(crate) fn find() -> Result<Self, Failure> {
        let probe = isolated(Command::new("python3")).args(["-c", PROBE]).stdin(Stdio::null()).output();
        match probe {
            Ok(probe) => Self::judge(&String::from_utf8_lossy(&probe.stdout), probe.status.success()),
            Err(_) => Err(Failure::missing("python3 >= 3.11 is missing")),
        }
    }

    fn judge(version: &str, makes_environments: bool) -> Result<Self, Failure> {
        let version = version.trim();
        let numbers: Vec<u32> = version.split('.').map_while(|number| number.parse().ok()).collect();
        if !numbers.starts_with(&[3]) || numbers.get(1).is_none_or(|minor| *minor < 11) {
            return Err(Failure::missing(format!("python3 >= 3.11 is missing: this one is {version:?}")));
        }
        if !makes_environments {
            return Err(Failure::missing("python3's venv is missing: install python3-venv"));
        }
        Ok(Self { version: version.to_owned() })
    }

    /// Makes the environment, or takes the one that is there if it was made from the same pins.
    ///
    /// # Errors
    /// If a package cannot be installed.
    pub(crate) fn environment(&self, root: &Path) -> Result<Environment, Failure> {
        let requirements = read(root, REQUIREMENTS)?;
        let stamp = format!("{}\n{}\n{requirements}{}", self.version, root.display(), read(root, PROJECT)?);
        let environment = Environment { root: root.to_owned(), requirements };
        let (folder, python) = (root.join(ENVIRONMENT), environment.program("python"));
        if python.is_file() && std::fs::read_to_string(folder.join(STAMP)).is_ok_and(|made_from| made_from == stamp) {
            return Ok(environment);
        }
        let mut make = isolated(Command::new("python3"));
        step::run(&format!("environment -> {ENVIRONMENT}"), make.args(["-m", "venv", "--clear"]).arg(&folder))?;
        step::run(&format!("install {REQUIREMENTS}"), environment.install().args(["-r", REQUIREMENTS]))?;
        step::run("install models", environment.install().args(["--no-deps", "-e", "models"]))?;
        let written = std::fs::write(folder.join(STAMP), stamp);
        written.map_err(|error| Failure::new(format!("{ENVIRONMENT}/{STAMP}: {error}")))?;
        Ok(environment)
    }
}

/// The environment, ready.
#[derive(Debug)]
pub(crate) struct Environment {
    root: PathBuf,
    requirements: String,
}

impl Environment {
    /// A program of one of its packages, as `foretap-models`, run from the root.
    pub(crate) fn tool(&self, name: &str) -> Command {
        let mut tool = isolated(Command::new(self.program(name)));
        tool.current_dir(&self.root);
        tool
    }

    /// Whether a package is pinned.
    pub(crate) fn has(&self, package: &str) -> bool {
        let names = self.requirements.lines().filter_map(|line| line.split_once("==")).map(|(name, _)| name.trim());
        names.into_iter().any(|name| name == package)
    }

    fn program(&self, name: &str) -> PathBuf {
        self.root.join(ENVIRONMENT).join("bin").join(name)
    }

    fn install(&self) -> Command {
        let mut pip = self.tool("python");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]);
        pip
    }
}

/// A Python program that no module path of the caller's reaches.
fn isolated(mut command: Command) -> Command {
    command.env_remove("PYTHONPATH").env_remove("PYTHONHOME");
    command
}

fn read(root: &Path, file: &str) -> Result<String, Failure> {
    std::fs::read_to_string(root.join(file)).map_err(|error| Failure::missing(format!("{file}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interpreter_that_is_missing_too_old_or_without_venv_is_refused_and_the_reason_said() {
        for version in ["", "3.10.12\n", "2.7.18", "4.0.0", "three"] {
            let failure = Python::judge(version, true).expect_err(version).to_string();
            assert!(failure.starts_with("python3 >= 3.11 is missing"), "{failure}");
        }
        assert!(Python::judge("3.12.3\n", false).expect_err("no venv").to_string().contains("python3-venv"));
        for version in ["3.11.7\n", "3.12.0", "3.14.0"] {
            assert_eq!(Python::judge(version, true).expect(version).version, version.trim());
        }
    }

    #[test]
    fn only_a_pinned_package_is_there() {
        let requirements = "# made with ruff==9\nnumpy==2.4.6\nruff==0.17.6\n".to_owned();
        let environment = Environment { root: PathBuf::new(), requirements };
        assert!(environment.has("ruff") && environment.has("numpy"));
        assert!(!environment.has("torch") && !environment.has("num"));
    }

    #[test]
    fn an_environment_of_the_same_pins_is_taken_as_it_is() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path();
        let write = |file: &str, text: &str| {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().expect("in a folder")).expect("writable");
            std::fs::write(path, text).expect("writable");
        };
        write(REQUIREMENTS, "numpy==2.4.6\n");
        write(PROJECT, "[project]\n");
        write("target/python/bin/python", "");
        write("target/python/foretap-stamp", &format!("3.11.7\n{}\nnumpy==2.4.6\n[project]\n", root.display()));
        let python = Python { version: "3.11.7".to_owned() };
        let environment = python.environment(root).expect("as it is");
        assert_eq!(environment.tool("pytest").get_program(), root.join("target/python/bin/pytest"));
    }
}
