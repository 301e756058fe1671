using System;
using System.Collections.Immutable;
using System.Linq;

namespace Deployment.Toolkit.Analyzers;

internal enum UseKind
{
    /// <summary>A section is bound to a type.</summary>
    Bind,

    /// <summary>One key is read as a value.</summary>
    Key,

    /// <summary>A section is handed to code that nobody can look into, or is enumerated: all of its keys count as read.</summary>
    Open,

    /// <summary>A section is asked for and no more.</summary>
    Touch,

    /// <summary>A method is called that uses configuration in its turn; <see cref="ConfigurationUse.Path"/> names the method.</summary>
    Call,

    /// <summary>A key is read whose name only run time knows.</summary>
    Unknown,
}

/// <summary>
/// One use of configuration, as a line of the manifest holds it. Path and type may hold placeholders for what a caller gives
/// (see <see cref="Placeholder"/>).
/// </summary>
/// <param name="Kind">What is done.</param>
/// <param name="Path">Keys joined by colons; "" is the root.</param>
/// <param name="Type">Reference id of the bound or read type; <see langword="null"/> when none is known.</param>
/// <param name="Arguments">Of a call: what is given for each placeholder of the called method, as "placeholder=value". Of a binding: see
/// <see cref="StrictRules"/>.</param>
internal sealed record ConfigurationUse(UseKind Kind, string Path, string? Type, ImmutableArray<string> Arguments)
{
    public ConfigurationUse(UseKind kind, string path, string? type = null)
        : this(kind, path, type, []) { }

    // Arrays compare by reference, and the generator's cache compares uses.
    public bool Equals(ConfigurationUse? other) =>
        other is not null && Kind == other.Kind && Path == other.Path && Type == other.Type && Arguments.SequenceEqual(other.Arguments);

    public override int GetHashCode() =>
        unchecked((((int)Kind * 397) ^ StringComparer.Ordinal.GetHashCode(Path)) * 397)
        ^ (Type is null ? 0 : StringComparer.Ordinal.GetHashCode(Type));
}

/// <summary>A use beside where it was found.</summary>
/// <param name="Use">What the code does.</param>
/// <param name="IsOwn">Whether this compilation does it, not a library.</param>
internal sealed record CollectedUse(ConfigurationUse Use, bool IsOwn);

/// <summary>Marks in a path or type what only the caller of a method knows.</summary>
internal static class Placeholder
{
    public const char Start = '\u0001';
    public const char End = '\u0002';

    // No character of an id: constructors have a '#'.
    private const char Separator = '\u0003';

    /// <summary>A parameter: a section's path, or a text.</summary>
    public static string Parameter(string method, int index) => $"{Start}{method}{Separator}{index}{End}";

    /// <summary>A parameter that takes a section: without a caller it is not the root.</summary>
    public static string Section(string method, int index) => $"{Start}{method}{Separator}S{index}{End}";

    /// <summary>Whether it is a parameter, which without a caller may be the root.</summary>
    public static bool MayBeRoot(string placeholder) => char.IsDigit(placeholder[placeholder.LastIndexOf(Separator) + 1]);

    /// <summary>A type argument.</summary>
    public static string TypeArgument(string method, int index) => $"{Start}{method}{Separator}T{index}{End}";

    /// <summary>The name of a type argument, which conventions make a section's name of.</summary>
    public static string TypeName(string method, int index) => $"{Start}{method}{Separator}N{index}{End}";

    /// <summary>A static text of a type argument, which an interface asks of it: <c>T.SectionName</c>.</summary>
    public static string TypeMember(string method, int index, string member) => $"{Start}{method}{Separator}M{index}.{member}{End}";

    /// <summary>The method that the text has placeholders of.</summary>
    public static string? Method(string? text)
    {
        var start = text?.IndexOf(Start) ?? -1;
        if (start < 0)
        {
            return null;
        }

        var end = text!.IndexOf(Separator, start);
        return end < 0 ? null : text.Substring(start + 1, end - start - 1);
    }
}
