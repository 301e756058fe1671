using System;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <param name="Name">Of the environment's variable.</param>
/// <param name="NameSpan">Where it stands.</param>
/// <param name="Value">As written, without quotes.</param>
/// <param name="ValueSpan">Where it stands.</param>
internal sealed record Variable(string Name, TextSpan NameSpan, string Value, TextSpan ValueSpan)
{
    /// <summary>The key that configuration makes of it; <see langword="null"/> when it stands for no section's key.</summary>
    public string? Key => Name.IndexOf("__", StringComparison.Ordinal) > 0 || Name.IndexOf(':') > 0 ? Name.Replace("__", ":") : null;
}
