using System.Text;

namespace Deployment.Toolkit.Secrets.Masking;

/// <summary>
/// A text, or what a decoder read in one; each character knows where it stands in the text that is masked in the end. Secrets are looked
/// for in what was read, so that no form of a secret has to be thought of beforehand.
/// </summary>
internal sealed class TextView
{
    private readonly int[]? _starts;
    private readonly int[]? _ends;

    internal TextView(string text) => Text = text;

    private TextView(string text, int[] starts, int[] ends) => (Text, _starts, _ends) = (text, starts, ends);

    internal string Text { get; }

    /// <summary>Where the character at this place begins in the masked text.</summary>
    internal int Start(int at) => _starts is null ? at : _starts[at];

    /// <summary>Where it ends there.</summary>
    internal int End(int at) => _ends is null ? at + 1 : _ends[at];

    /// <summary>Writes what is read in a view.</summary>
    internal sealed class Writer(TextView from)
    {
        private readonly StringBuilder _text = new(from.Text.Length);
        private readonly List<int> _starts = new(from.Text.Length);
        private readonly List<int> _ends = new(from.Text.Length);

        internal int Length => _text.Length;

        /// <summary>A character that stands for those from <paramref name="start"/> up to <paramref name="end"/>.</summary>
        internal void Add(char c, int start, int end)
        {
            _text.Append(c);
            _starts.Add(from.Start(start));
            _ends.Add(from.End(end - 1));
        }

        internal void Add(ReadOnlySpan<char> text, int start, int end)
        {
            foreach (var c in text)
                Add(c, start, end);
        }

        internal void Copy(int at) => Add(from.Text[at], at, at + 1);

        internal TextView ToView() => new(_text.ToString(), [.. _starts], [.. _ends]);
    }
}
