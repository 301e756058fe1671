using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// What the comments of a file that is no source switch off: <c>dtk-disable DTK1001, DTK1002: why</c> for the file,
/// <c>dtk-disable-next-line</c> for the line below. Without a reason they count for nothing.
/// </summary>
internal sealed class CommentSuppressions
{
    private const string Disable = "dtk-disable";

    private static readonly Regex s_disable = new(
        @"^\s*dtk-disable(?<next>-next-line)?\s+(?<ids>DTK\d{4}(\s*,\s*DTK\d{4})*)\s*:\s*\S",
        RegexOptions.CultureInvariant
    );

    private readonly SourceText _text;
    private readonly List<(int Line, string Ids)> _disabled = [];

    /// <param name="text">The file's.</param>
    /// <param name="comments">Where its comments stand, and what is in them.</param>
    public CommentSuppressions(SourceText text, IEnumerable<(TextSpan Span, string Text)> comments)
    {
        _text = text;
        foreach (var comment in comments)
        {
            if (comment.Text.IndexOf(Disable, StringComparison.Ordinal) >= 0 && s_disable.Match(comment.Text) is { Success: true } match)
            {
                var line = match.Groups["next"].Success ? text.Lines.GetLineFromPosition(comment.Span.End).LineNumber + 1 : -1;
                _disabled.Add((line, match.Groups["ids"].Value));
            }
        }
    }

    public bool Has(string id, TextSpan span)
    {
        if (_disabled.Count == 0)
        {
            return false;
        }

        var line = _text.Lines.GetLineFromPosition(span.Start).LineNumber;
        return _disabled.Any(d => (d.Line < 0 || d.Line == line) && d.Ids.Contains(id));
    }
}
