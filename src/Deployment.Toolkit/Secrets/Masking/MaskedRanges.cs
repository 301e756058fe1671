using System.Text;

namespace Deployment.Toolkit.Secrets.Masking;

/// <summary>The parts of a text that are masked.</summary>
internal sealed class MaskedRanges(int length)
{
    private readonly List<(int Begin, int End)> _ranges = [];

    // A long secret that repeats itself would be compared anew at every place of a text that does, too.
    private long _budget = 8L * length;

    /// <summary>Adds what was found in a view, as far as it counts and with what belongs to it.</summary>
    internal void Add(TextView view, string secret, int begin, int end)
    {
        // The token around many finds is walked once.
        if (_ranges.Count > 0 && _ranges[^1] is var (from, to) && view.Start(begin) >= from && view.End(end - 1) <= to)
            return;
        if (TokenRule.Apply(view.Text, secret, ref begin, ref end))
            _ranges.Add((view.Start(begin), view.End(end - 1)));
    }

    /// <summary>How many characters two texts have in common.</summary>
    internal int Compare(ReadOnlySpan<char> text, ReadOnlySpan<char> secret)
    {
        if (_budget <= 0)
            return 0;

        var common = text.CommonPrefixLength(secret);
        _budget -= common;
        return common;
    }

    internal string Apply(string text, string mask)
    {
        if (_ranges.Count == 0)
            return text;

        _ranges.Sort();
        var masked = new StringBuilder(text.Length);
        var at = 0;
        for (var i = 0; i < _ranges.Count; )
        {
            var (begin, end) = _ranges[i++];
            while (i < _ranges.Count && _ranges[i].Begin <= end)
                end = Math.Max(end, _ranges[i++].End);
            masked.Append(text, at, begin - at).Append(mask);
            at = end;
        }

        return masked.Append(text, at, text.Length - at).ToString();
    }
}
