// Loaded before a program that needs TypeScript 5: "typescript" is then that one.
import { registerHooks } from "node:module";

registerHooks({
  resolve: (specifier, context, next) => next(specifier === "typescript" ? "typescript-classic" : specifier, context),
});
