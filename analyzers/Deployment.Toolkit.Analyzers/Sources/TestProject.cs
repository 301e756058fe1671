using System;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Tells a project of tests, which runs nowhere but on developers' and build machines: rules about production pass it by.
/// </summary>
internal static class TestProject
{
    private static readonly string[] s_frameworks =
    [
        "xunit.core",
        "xunit.assert",
        "xunit.v3.core",
        "xunit.v3.assert",
        "nunit.framework",
        "Microsoft.VisualStudio.TestPlatform.TestFramework",
        "MSTest.TestFramework",
        "TUnit.Core",
        "Microsoft.AspNetCore.Mvc.Testing",
    ];

    public static bool Is(Compilation compilation) =>
        compilation.ReferencedAssemblyNames.Any(reference => s_frameworks.Contains(reference.Name, StringComparer.OrdinalIgnoreCase));
}
