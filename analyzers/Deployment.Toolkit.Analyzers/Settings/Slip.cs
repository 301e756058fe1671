using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <param name="Span">Of the key or value.</param>
/// <param name="Text">What stands there.</param>
/// <param name="Meant">What was meant.</param>
internal sealed record Slip(TextSpan Span, string Text, string Meant);
