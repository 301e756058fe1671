using System.Runtime.InteropServices;

namespace Deployment.Toolkit.Lint;

/// <summary>What a token is, in any dialect.</summary>
internal enum LintTokenKind
{
    /// <summary>A keyword or a bare identifier.</summary>
    Word,

    /// <summary>An identifier in quotes.</summary>
    QuotedName,

    /// <summary>A text between quotes.</summary>
    Text,

    /// <summary>A text that may be a body: what it holds may be statements.</summary>
    Body,

    /// <summary>A number.</summary>
    Number,

    /// <summary>Anything else.</summary>
    Symbol,
}

/// <summary>One token that a parser would see.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it starts.</param>
/// <param name="End">Where it ends.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LintToken(LintTokenKind Kind, int Start, int End);
