using System.Text;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>A text in the making: lines, and rows whose columns stand below each other.</summary>
internal sealed class Page(Terminal terminal)
{
    private const string Gap = "  ";

    private readonly StringBuilder _text = new();

    internal Ink Ink { get; } = new(terminal.OutHasColor);

    internal string Good => Ink.Good(terminal.HasSymbols ? "✓" : "+");

    internal string Bad => Ink.Bad(terminal.HasSymbols ? "✗" : "x");

    internal string Back => Ink.Warn(terminal.HasSymbols ? "↩" : "<");

    internal string Idle => Ink.Faint(terminal.HasSymbols ? "·" : ".");

    internal string Doubt => Ink.Warn("?");

    internal string Dash => terminal.HasSymbols ? "–" : "-";

    internal void Line(string text = "") => _text.Append(text).Append('\n');

    internal void Title(string text)
    {
        Line();
        Line(Ink.Strong(text));
    }

    /// <summary>Writes rows; the last column is as long as it is.</summary>
    internal void Rows(IReadOnlyList<string[]> rows, string indent = Gap)
    {
        var widths = new List<int>();
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                if (widths.Count == i) widths.Add(0);
                widths[i] = Math.Max(widths[i], Width(row[i]));
            }
        }

        foreach (var row in rows)
        {
            var line = new StringBuilder(indent);
            for (var i = 0; i < row.Length; i++)
                line.Append(row[i]).Append(' ', widths[i] - Width(row[i])).Append(Gap);
            Line(line.ToString().TrimEnd());
        }
    }

    public override string ToString() => _text.Replace("\n", System.Environment.NewLine).ToString();

    // Colours take no room.
    private static int Width(string text)
    {
        var width = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\e') i = text.IndexOf('m', i);
            else width++;
        }

        return width;
    }
}
