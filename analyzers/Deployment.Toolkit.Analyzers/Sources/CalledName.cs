using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Where a call's name stands, which is what a diagnostic about the call marks: the whole chain before it may be many lines long.
/// </summary>
internal static class CalledName
{
    public static SimpleNameSyntax? Of(InvocationExpressionSyntax call) =>
        call.Expression switch
        {
            MemberAccessExpressionSyntax access => access.Name,
            MemberBindingExpressionSyntax binding => binding.Name,
            SimpleNameSyntax name => name,
            _ => null,
        };

    public static Location Location(InvocationExpressionSyntax call) => (Of(call) ?? call.Expression).GetLocation();

    /// <summary>What the call is made on: <c>a.B</c> of <c>a.B.C()</c>.</summary>
    public static ExpressionSyntax? Receiver(InvocationExpressionSyntax call) =>
        (call.Expression as MemberAccessExpressionSyntax)?.Expression;
}
