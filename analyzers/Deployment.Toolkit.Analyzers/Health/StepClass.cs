using System.Linq;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>What a deployment step overrides of its contract.</summary>
internal static class StepClass
{
    public static bool Derives(INamedTypeSymbol type, INamedTypeSymbol? step)
    {
        for (var current = type.BaseType; current is not null && step is not null; current = current.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(current, step))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The override in the class or one between it and the contract; <see langword="null"/> when the contract's own holds.
    /// </summary>
    public static ISymbol? Override(INamedTypeSymbol type, INamedTypeSymbol step, string name)
    {
        for (var current = type; current is not null && !SymbolEqualityComparer.Default.Equals(current, step); current = current.BaseType)
        {
            if (current.GetMembers(name).FirstOrDefault() is { IsOverride: true } member)
            {
                return member;
            }
        }

        return null;
    }
}
