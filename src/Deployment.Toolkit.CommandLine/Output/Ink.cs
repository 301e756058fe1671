namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Colours for the result block. Bright ones alone: they are readable on dark and light grounds.</summary>
internal readonly record struct Ink(bool HasColor)
{
    internal Shown Good(Shown text) => Paint("32", text);

    internal Shown Bad(Shown text) => Paint("91", text);

    internal Shown Warn(Shown text) => Paint("33", text);

    internal Shown Faint(Shown text) => Paint("2", text);

    internal Shown Strong(Shown text) => Paint("1", text);

    private Shown Paint(string code, Shown text) => HasColor && text.Width > 0 ? text.Painted(code) : text;
}
