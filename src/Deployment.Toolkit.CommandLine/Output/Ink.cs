namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Colours for the result block. Bright ones alone: they are readable on dark and light grounds.</summary>
internal readonly record struct Ink(bool HasColor)
{
    internal string Good(string text) => Paint("32", text);

    internal string Bad(string text) => Paint("91", text);

    internal string Warn(string text) => Paint("33", text);

    internal string Faint(string text) => Paint("2", text);

    internal string Strong(string text) => Paint("1", text);

    private string Paint(string code, string text) => HasColor && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
}
