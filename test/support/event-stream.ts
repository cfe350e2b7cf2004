// Server-sent events, as a browser would see them.

export interface Message {
  id?: string;
  event?: string;
  data?: string;
}

/** Messages as a browser would see them; ends when the service ends the stream. */
export async function* readMessages(response: Response): AsyncGenerator<Message> {
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      yield Object.fromEntries(
        lines.filter((line) => !line.startsWith(":")).map((line) => /^(\w+): (.*)$/.exec(line)!.slice(1)),
      ) as Message;
    }
  }
}
