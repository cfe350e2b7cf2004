// A measure as Prometheus takes it: one name, one value for each set of labels.

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  name: string;
  help: string;
  type: "gauge" | "counter";
  values: readonly { labels?: Labels; value: number }[];
}
