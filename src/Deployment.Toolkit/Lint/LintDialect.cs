using System.Collections.Generic;

namespace Deployment.Toolkit.Lint;

/// <summary>
/// What lint has to know of a kind of database: how its scripts are cut, and what its statements do to rows, locks and the release that
/// runs. It knows no connection: compilers ask it too.
/// </summary>
internal abstract class LintDialect
{
    /// <summary>Cuts a script without a byte order mark; any text will do.</summary>
    internal abstract LintScript Cut(string text);

    /// <summary>A name as the catalogue has it.</summary>
    internal abstract string NameIn(string text, LintToken token);

    /// <summary>The schema in which names without one are found.</summary>
    internal virtual string DefaultSchema => "";

    /// <summary>Judges a statement, which stands at its first token.</summary>
    internal abstract void Judge(LintStatement statement, LintWork work);

    /// <summary>Whether a script that says nothing of it runs outside a transaction.</summary>
    internal virtual bool RunsOutside(string text) => false;

    /// <summary>Whether what is written to a simple view is written to its table.</summary>
    internal virtual bool WritesThroughViews => false;

    /// <summary>What of a script can't run where it stands.</summary>
    /// <param name="text">The script.</param>
    /// <param name="isOutside">Whether it runs outside a transaction.</param>
    internal abstract IEnumerable<(int Line, int Column, string Text)> Misplaced(string text, bool isOutside);
}
