using System.Text;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>A text in the making: lines, and rows whose columns stand below each other.</summary>
internal sealed class Page(Terminal terminal)
{
    private const string Gap = "  ";

    // One cell that is wider makes its own row ragged, instead of padding all others to its width.
    private const int WidestColumn = 120;

    private readonly StringBuilder _text = new();
    private string _value = "";

    internal Ink Ink { get; } = new(terminal.OutHasColor);

    internal Shown Good => Ink.Good(terminal.HasSymbols ? "✓" : "+");

    internal Shown Bad => Ink.Bad(terminal.HasSymbols ? "✗" : "x");

    internal Shown Back => Ink.Warn(terminal.HasSymbols ? "↩" : "<");

    internal Shown Idle => Ink.Faint(terminal.HasSymbols ? "·" : ".");

    internal Shown Doubt => Ink.Warn("?");

    internal Shown Dash => terminal.HasSymbols ? "–" : "-";

    internal void Line() => _text.Append('\n');

    internal void Line(Shown text) => _text.Append(text).Append('\n');

    internal void Title(Shown text)
    {
        Line();
        Line(Ink.Strong(text));
    }

    /// <summary>Writes rows; the last column is as long as it is.</summary>
    internal void Rows(IReadOnlyList<Shown[]> rows, string indent = Gap)
    {
        var widths = new List<int>();
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                if (widths.Count == i)
                    widths.Add(0);
                widths[i] = Math.Max(widths[i], Math.Min(row[i].Width, WidestColumn));
            }
        }

        foreach (var row in rows)
        {
            var line = new StringBuilder(indent);
            for (var i = 0; i < row.Length; i++)
                line.Append(row[i]).Append(' ', Math.Max(0, widths[i] - row[i].Width)).Append(Gap);
            _text.Append(line.ToString().TrimEnd()).Append('\n');
        }
    }

    /// <summary>Ends with a value that was asked for: its own line ends stay as they are, and in a file or pipe every byte does.</summary>
    internal void Value(Secret value) =>
        _value = (terminal.OutIsWatched ? VisibleText.Lines(value.Reveal()) : value.Reveal()) + System.Environment.NewLine;

    public override string ToString() => _text.Replace("\n", System.Environment.NewLine).Append(_value).ToString();
}
