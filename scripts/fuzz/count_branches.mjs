/** Counters in the branches of TypeScript. @module */

/**
 * Puts a counter into each function, branch, case and right side of `&&`, `||` and `??`. It is
 * JavaScript, because the compiler's types are not at hand when this repository is checked.
 *
 * @param {string} text
 * @param {{ ts: any, first: number, counters: string }} options The compiler, the number of the first
 * counter, and the name of their array.
 * @returns {{ text: string, branches: number }} The text with counters, and the next number.
 */
export function countBranches(text, { ts, first, counters }) {
  let branches = first;
  const file = ts.createSourceFile("a.ts", text, ts.ScriptTarget.ESNext, true);
  const { factory } = ts;
  const hit = () =>
    factory.createPostfixIncrement(
      factory.createElementAccessExpression(factory.createIdentifier(counters), branches++),
    );
  const before = (expression) =>
    factory.createParenthesizedExpression(factory.createComma(hit(), expression));
  const inBlock = (statement) =>
    ts.isBlock(statement)
      ? statement
      : factory.createBlock([factory.createExpressionStatement(hit()), statement], true);
  const transform = (context) => {
    const visit = (node) => {
      const done = ts.visitEachChild(node, visit, context);
      if (ts.isTypeNode(done)) return node;
      if (ts.isBlock(done)) {
        return factory.createBlock(
          [factory.createExpressionStatement(hit()), ...done.statements],
          true,
        );
      }
      if (ts.isIfStatement(done)) {
        const otherwise = done.elseStatement === undefined || ts.isIfStatement(done.elseStatement)
          ? done.elseStatement
          : inBlock(done.elseStatement);
        return factory.updateIfStatement(
          done,
          done.expression,
          inBlock(done.thenStatement),
          otherwise,
        );
      }
      if (ts.isConditionalExpression(done)) {
        return factory.updateConditionalExpression(
          done,
          done.condition,
          done.questionToken,
          before(done.whenTrue),
          done.colonToken,
          before(done.whenFalse),
        );
      }
      if (ts.isCaseClause(done)) {
        const statements = [factory.createExpressionStatement(hit()), ...done.statements];
        return factory.updateCaseClause(done, done.expression, statements);
      }
      const { AmpersandAmpersandToken, BarBarToken, QuestionQuestionToken } = ts.SyntaxKind;
      const LOGICAL = [
        AmpersandAmpersandToken,
        BarBarToken,
        QuestionQuestionToken,
      ];
      if (ts.isBinaryExpression(done) && LOGICAL.includes(done.operatorToken.kind)) {
        return factory.updateBinaryExpression(
          done,
          done.left,
          done.operatorToken,
          before(done.right),
        );
      }
      if (ts.isArrowFunction(done) && !ts.isBlock(done.body)) {
        return factory.updateArrowFunction(
          done,
          done.modifiers,
          done.typeParameters,
          done.parameters,
          done.type,
          done.equalsGreaterThanToken,
          before(done.body),
        );
      }
      return done;
    };
    return (root) => ts.visitNode(root, visit);
  };
  const result = ts.transform(file, [transform]);
  const printed = ts.createPrinter().printFile(result.transformed[0]);
  return { text: printed, branches };
}
