//! Charts: folders and archives of files, `.helmignore`, Chart.yaml, subcharts.

pub mod ignore;
