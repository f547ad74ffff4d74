//! From the tree of a pattern to matchers, with the library's rearrangements.

use super::Error;
use super::matcher::{Matcher, Tree};
use super::syntax::Node;

/// Compiles the nodes of a pattern.
pub(super) fn compile(nodes: &[Node], separators: &[char]) -> Result<Matcher, Error> {
    compile_pattern(nodes, separators).map(optimize)
}

fn compile_node(node: &Node, separators: &[char]) -> Result<Matcher, Error> {
    let matcher = match node {
        Node::Nothing => Matcher::Nothing,
        Node::Pattern(children) => return compile(children, separators),
        Node::AnyOf(alternatives) => {
            if let Some(smaller) = without_common_parts(alternatives) {
                return compile(&smaller, separators);
            }
            // The library returns this one without a further step.
            return alternatives
                .iter()
                .map(|alternative| compile(alternative, separators).map(optimize))
                .collect::<Result<_, _>>()
                .map(Matcher::AnyOf);
        }
        Node::Text(runes) => Matcher::text(runes),
        Node::Any => Matcher::Any(separators.to_vec()),
        Node::Super => Matcher::Super,
        Node::Single => Matcher::Single(separators.to_vec()),
        Node::List { runes, not } => Matcher::List { runes: runes.clone(), not: *not },
        Node::Range { low, high, not } => Matcher::Range { low: *low, high: *high, not: *not },
    };
    Ok(optimize(matcher))
}

fn compile_pattern(nodes: &[Node], separators: &[char]) -> Result<Matcher, Error> {
    if nodes.is_empty() {
        return Ok(Matcher::Nothing);
    }
    let matchers =
        nodes.iter().map(|node| compile_node(node, separators).map(optimize)).collect::<Result<Vec<_>, Error>>()?;
    join(&minimize(matchers)).ok_or(Error::Syntax { reason: "compile error: need at least one matcher".to_owned() })
}

/// Replaces a matcher by a simpler one where the library does.
fn optimize(matcher: Matcher) -> Matcher {
    match matcher {
        Matcher::Any(separators) if separators.is_empty() => Matcher::Super,
        Matcher::AnyOf(mut matchers) if matchers.len() == 1 => matchers.remove(0),
        Matcher::List { runes, not: false } if runes.len() == 1 => Matcher::text(&runes),
        Matcher::Tree(tree) => optimize_tree(*tree),
        other => other,
    }
}

fn optimize_tree(mut tree: Tree) -> Matcher {
    tree.left = tree.left.map(optimize);
    tree.right = tree.right.map(optimize);
    let Matcher::Text { text, .. } = &tree.value else { return Matcher::Tree(Box::new(tree)) };
    let text = text.clone();
    match (&tree.left, &tree.right) {
        (None, None) => tree.value,
        (Some(Matcher::Super), Some(Matcher::Super)) => Matcher::Contains { text, not: false },
        (Some(Matcher::Super), None) => Matcher::Suffix(text),
        (None, Some(Matcher::Super)) => Matcher::Prefix(text),
        (None, Some(Matcher::Suffix(suffix))) => Matcher::PrefixSuffix { prefix: text, suffix: suffix.clone() },
        (Some(Matcher::Prefix(prefix)), None) => Matcher::PrefixSuffix { prefix: prefix.clone(), suffix: text },
        (Some(Matcher::Any(separators)), None) => Matcher::SuffixAny { suffix: text, separators: separators.clone() },
        (None, Some(Matcher::Any(separators))) => Matcher::PrefixAny { prefix: text, separators: separators.clone() },
        _ => Matcher::Tree(Box::new(tree)),
    }
}

/// Makes one matcher of a sequence, around the longest part of fixed length.
fn join(matchers: &[Matcher]) -> Option<Matcher> {
    let (first, rest) = matchers.split_first()?;
    if rest.is_empty() {
        return Some(first.clone());
    }
    if let Some(glued) = glue(matchers) {
        return Some(glued);
    }
    let mut best: Option<(usize, usize)> = None;
    for (index, matcher) in matchers.iter().enumerate() {
        if let Some(length) = matcher.length()
            && best.is_none_or(|(_, longest)| length >= longest)
        {
            best = Some((index, length));
        }
    }
    let Some((index, _)) = best else {
        return Some(Matcher::tree(first.clone(), None, join(rest)));
    };
    Some(Matcher::tree(matchers[index].clone(), join(&matchers[..index]), join(&matchers[index + 1..])))
}

fn glue(matchers: &[Matcher]) -> Option<Matcher> {
    if matchers.len() <= 1 {
        return None;
    }
    glue_as_every(matchers).or_else(|| glue_as_row(matchers))
}

fn glue_as_row(matchers: &[Matcher]) -> Option<Matcher> {
    let length = matchers.iter().map(Matcher::length).sum::<Option<usize>>()?;
    Some(Matcher::Row { matchers: matchers.to_vec(), length })
}

fn glue_as_every(matchers: &[Matcher]) -> Option<Matcher> {
    let (mut has_any, mut has_super, mut has_single, mut at_least) = (false, false, false, 0);
    let mut separators: Option<&[char]> = None;
    for matcher in matchers {
        let here: &[char] = match matcher {
            Matcher::Super => {
                has_super = true;
                &[]
            }
            Matcher::Any(separators) => {
                has_any = true;
                separators
            }
            Matcher::Single(separators) => {
                has_single = true;
                at_least += 1;
                separators
            }
            Matcher::List { runes, not: true } => {
                has_single = true;
                at_least += 1;
                runes
            }
            _ => return None,
        };
        if **separators.get_or_insert(here) != *here {
            return None;
        }
    }
    let separators = separators.unwrap_or_default();
    if has_super && !has_any && !has_single {
        return Some(Matcher::Super);
    }
    if has_any && !has_super && !has_single {
        return Some(Matcher::Any(separators.to_vec()));
    }
    if (has_any || has_super) && at_least > 0 && separators.is_empty() {
        return Some(Matcher::Min(at_least));
    }
    let mut every = Vec::new();
    if at_least > 0 {
        every.push(Matcher::Min(at_least));
        if !has_any && !has_super {
            every.push(Matcher::Max(at_least));
        }
    }
    if !separators.is_empty() {
        every.push(Matcher::Contains { text: separators.iter().collect::<String>().into_bytes(), not: true });
    }
    Some(Matcher::EveryOf(every))
}

/// Glues the best run of neighbours, again and again until nothing changes.
fn minimize(mut matchers: Vec<Matcher>) -> Vec<Matcher> {
    loop {
        let mut done: Option<(Matcher, usize, usize)> = None;
        for left in 0..matchers.len() {
            for right in (left + 1..=matchers.len()).rev() {
                let Some(glued) = glue(&matchers[left..right]) else { continue };
                let swap = match &done {
                    None => true,
                    Some((best, from, to)) => {
                        let is_longer = matches!((best.length(), glued.length()), (Some(old), Some(new)) if new > old);
                        is_longer || to - from < right - left
                    }
                };
                if swap {
                    done = Some((glued, left, right));
                }
            }
        }
        let Some((glued, left, right)) = done else { return matchers };
        let before = matchers.len();
        matchers.splice(left..right, [glued]);
        if matchers.len() == before {
            return matchers;
        }
    }
}

/// Takes the common beginning and end of all alternatives out of them; `None` where there is none.
fn without_common_parts(alternatives: &[Vec<Node>]) -> Option<Vec<Node>> {
    let (left, right) = common_parts(alternatives);
    if left.is_empty() && right.is_empty() {
        return None;
    }
    let mut result = Vec::new();
    if !left.is_empty() {
        result.push(Node::Pattern(left.to_vec()));
    }
    let mut rest: Vec<Node> = Vec::new();
    for alternative in alternatives {
        let middle = alternative.get(left.len()..alternative.len().saturating_sub(right.len())).unwrap_or_default();
        let node = if middle.is_empty() { Node::Nothing } else { Node::Pattern(middle.to_vec()) };
        if !rest.contains(&node) {
            rest.push(node);
        }
    }
    match rest.as_slice() {
        [Node::Nothing] | [] => {}
        [node] => result.push(node.clone()),
        nodes => result.push(Node::AnyOf(
            nodes
                .iter()
                .map(|node| match node {
                    Node::Pattern(children) => children.clone(),
                    other => vec![other.clone()],
                })
                .collect(),
        )),
    }
    if !right.is_empty() {
        result.push(Node::Pattern(right.to_vec()));
    }
    Some(result)
}

fn common_parts(alternatives: &[Vec<Node>]) -> (&[Node], &[Node]) {
    let none: (&[Node], &[Node]) = (&[], &[]);
    if alternatives.len() <= 1 {
        return none;
    }
    let Some((least, shortest)) = alternatives.iter().enumerate().min_by_key(|(_, nodes)| nodes.len()) else {
        return none;
    };
    let length = shortest.len();
    let (mut left_ends, mut right_ends) = (false, false);
    let (mut total, mut left, mut right) = (0, 0, 0);
    for from_left in 0..length {
        let from_right = length - 1 - from_left;
        if total >= length || (left_ends && right_ends) {
            break;
        }
        for (index, nodes) in alternatives.iter().enumerate() {
            if index == least || (left_ends && right_ends) {
                continue;
            }
            left_ends = left_ends || shortest[from_left] != nodes[from_left];
            right_ends = right_ends || (!left_ends && from_right <= from_left);
            right_ends = right_ends || shortest[from_right] != nodes[from_right + nodes.len() - length];
        }
        if !left_ends {
            total += 1;
            left += 1;
        }
        if !right_ends {
            total += 1;
            right += 1;
        }
    }
    (&shortest[..left], &shortest[length - right..])
}
