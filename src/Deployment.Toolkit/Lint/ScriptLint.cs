using System.Collections.Generic;
using System.Linq;

namespace Deployment.Toolkit.Lint;

/// <summary>
/// Judges scripts: what loses rows, breaks the release that runs, or keeps others waiting. It knows no database; what a statement meets
/// there, it can't tell, so that it takes every table that the run has not made itself for one that is full and in use.
/// </summary>
internal static class ScriptLint
{
    /// <summary>Judges one script.</summary>
    /// <param name="dialect">How it reads.</param>
    /// <param name="script">The script, without a byte order mark.</param>
    /// <param name="run">What earlier scripts of the run have made; what this one makes is added.</param>
    /// <param name="isOutside">Whether it runs outside a transaction.</param>
    /// <returns>The findings that nobody has allowed, by where they are.</returns>
    internal static IReadOnlyList<LintFinding> Judge(LintDialect dialect, string script, LintRun run, bool isOutside)
    {
        var cut = dialect.Cut(script);
        var work = new LintWork(run, script, cut.Statements, isOutside);
        for (; work.Index < cut.Statements.Count; work.Index++)
            dialect.Judge(cut.Statements[work.Index].Again(), work);
        run.EndScript();
        var allowances = LintAllowances.Of(script, cut);
        return [.. allowances.Left(work.Findings.Concat(allowances.Faults).OrderBy(static finding => finding.Start))];
    }
}
