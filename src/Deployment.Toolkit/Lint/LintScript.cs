using System.Collections.Generic;

namespace Deployment.Toolkit.Lint;

/// <summary>A script, cut.</summary>
/// <param name="Statements">The statements, in their order.</param>
/// <param name="Comments">The comments of a line each, in their order.</param>
internal sealed record LintScript(IReadOnlyList<LintStatement> Statements, IReadOnlyList<LintComment> Comments);

/// <summary>A comment of a line.</summary>
/// <param name="Text">What it says, without what begins it.</param>
/// <param name="Start">Where it starts.</param>
/// <param name="End">Where it ends.</param>
internal readonly record struct LintComment(string Text, int Start, int End);
