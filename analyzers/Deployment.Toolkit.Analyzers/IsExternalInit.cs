namespace System.Runtime.CompilerServices;

/// <summary>What the compiler asks for before it lets a record have init-only properties; netstandard2.0 lacks it.</summary>
internal static class IsExternalInit;
