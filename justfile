# The menu. Each line is a command of `cargo xtask`, where the work is.

# list the recipes
default:
    @just --list

# Moongate, Bookstore and the SMS simulator, set up and provisioned
dev *arguments:
    cargo xtask dev {{ arguments }}

# every check and every test
test *arguments:
    cargo xtask test {{ arguments }}

# install, or name, what is needed beyond Rust
setup:
    cargo xtask setup

# arrows, dependencies, licences, house style
tidy:
    cargo xtask tidy

# page snapshots: --accept or --check
snapshots *arguments:
    cargo xtask snapshots {{ arguments }}

# pictures of the pages
screenshots *arguments:
    cargo xtask screenshots {{ arguments }}

# check, plan, apply, export or preview the sign-in experience
sign-in-experience *arguments:
    cargo xtask sign-in-experience {{ arguments }}

# benchmarks
bench *arguments:
    cargo xtask bench {{ arguments }}

# the binary that we would ship, and its size
dist:
    cargo xtask dist
