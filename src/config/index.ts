export { describeOptions, optionsAsMarkdown, optionsAsText } from './describe-options.ts';
export { type Config, type Environment, type Limits, loadConfig } from './load-config.ts';
