//! What to say where a function or a template does not exist.

use std::sync::Arc;

use crate::helm::chart::Chart;
use crate::helm::functions;
use crate::helm::nearest;

pub(super) fn hint(message: &str, chart: &Arc<Chart>) -> Option<String> {
    let quoted = |after: &str| message.split_once(after)?.1.split_once('"').map(|(name, _)| name.to_owned());
    if message.contains("not defined")
        && let Some(name) = quoted("function \"")
    {
        return nearest(&name, functions::names()).map(|found| format!("did you mean the function `{found}`?"));
    }
    let name =
        quoted("no template \"").or_else(|| quoted("template \"").filter(|_| message.contains("not defined")))?;
    let mut defined = Vec::new();
    let mut charts = vec![chart];
    while let Some(chart) = charts.pop() {
        charts.extend(&chart.subcharts);
        for file in &chart.templates {
            let text = file.data.lossy().into_owned();
            let names = text.split("define \"").skip(1).filter_map(|rest| rest.split_once('"'));
            defined.extend(names.map(|(name, _)| name.to_owned()));
        }
    }
    match nearest(&name, defined.iter().map(String::as_str)) {
        Some(found) => Some(format!("did you mean the template `{found}`?")),
        None => Some(format!(
            "no file of the chart or its dependencies defines `{name}`: is a library chart missing below charts/?"
        )),
    }
}
